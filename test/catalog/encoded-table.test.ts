import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog, quoteIdentifier } from '../../src/catalog/catalog.js';

type Row = Record<string, string | null>;

async function load(catalog: Catalog, columns: string[], rows: Row[]): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE t (${columns.map((name) => `${quoteIdentifier(name)} VARCHAR`).join(', ')})`);
  const appender = await catalog.appender('t');
  for (const row of rows) appender.appendRow(columns.map((name) => row[name] ?? null));
  appender.close();
}

/** Rows as the encoded table gives them; NULL and '' are one. */
async function read(catalog: Catalog, columns: string[], where?: string): Promise<Row[]> {
  const table = await catalog.encodedTable('t', columns, where);
  const rows: Row[] = [];
  for await (const { rowCount, cells } of table.chunks())
    for (let row = 0; row < rowCount; row++)
      rows.push(
        Object.fromEntries(
          table.columns.map(({ name, values }, column) => {
            const cell = cells[column]?.[row];
            return [name, typeof cell === 'number' ? (cell === 0 ? '' : (values?.[cell - 1] ?? null)) : (cell ?? null)];
          }),
        ),
      );
  return rows;
}

async function withCatalog(work: (catalog: Catalog) => Promise<void>): Promise<void> {
  const catalog = await Catalog.open(':memory:');
  try {
    await work(catalog);
  } finally {
    catalog.close();
  }
}

describe('encoded table', () => {
  test('gives back every text, however it is read', async () => {
    await withCatalog(async (catalog) => {
      // few: codes. key: inline pieces of 12 bytes, lengths around the borders. words: not ASCII. long: beyond the pieces.
      const rows = Array.from({ length: 10_000 }, (_, i) => ({
        few: i % 7 === 0 ? null : `value '${i % 5}'`,
        key: 'k'.repeat(i % 40) + String(i),
        words: `Zoë ${i}`,
        long: `${'x'.repeat(i % 200)}${i}`,
        none: null,
      }));
      const columns = ['few', 'key', 'words', 'long', 'none'];
      await load(catalog, columns, rows);
      expect(await read(catalog, columns)).toEqual(rows.map((row) => ({ ...row, few: row.few ?? '', none: '' })));
      const table = await catalog.encodedTable('t', columns);
      expect(table.columns.map(({ values }) => values?.length ?? null)).toEqual([5, null, null, null, 0]);
    });
  });

  test('holds for any text, quotes and control characters included', async () => {
    await withCatalog(async (catalog) => {
      const cell = fc.option(fc.oneof(fc.string({ unit: 'binary', maxLength: 30 }), fc.string({ maxLength: 30 })));
      await fc.assert(
        fc.asyncProperty(fc.array(fc.record({ 'a.b': cell, '"': cell }), { minLength: 1, maxLength: 20 }), async (rows) => {
          await load(catalog, ['a.b', '"'], rows);
          const expected = rows.map((row) => ({ 'a.b': wellFormed(row['a.b']), '"': wellFormed(row['"']) }));
          expect(await read(catalog, ['a.b', '"'])).toEqual(expected);
        }),
        { numRuns: 60 },
      );
    });
  });

  test('reads integers as numbers, and columns of other types as their text', async () => {
    await withCatalog(async (catalog) => {
      await catalog.run('CREATE TABLE t AS SELECT i::BIGINT AS i, i / 2 AS half FROM range(10000) AS r(i)');
      await catalog.run('INSERT INTO t VALUES (NULL, NULL)');
      const table = await catalog.encodedTable('t', ['half', 'i']);
      expect(table.columns.map(({ values }) => values)).toEqual([null, null]);
      const rows: unknown[] = [];
      for await (const { rowCount, cells } of table.chunks()) for (let row = 0; row < rowCount; row++) rows.push([cells[0]?.[row], cells[1]?.[row]]);
      expect(rows).toHaveLength(10_001);
      expect(rows.slice(-2)).toEqual([['4999.5', 9999], ['', NaN]]);
    });
  });

  test('reads only the rows that meet the condition', async () => {
    await withCatalog(async (catalog) => {
      await load(catalog, ['a'], [{ a: '1' }, { a: '2' }, { a: null }]);
      expect(await read(catalog, ['a'], "a = '2'")).toEqual([{ a: '2' }]);
      expect(await read(catalog, ['a'], 'a IS NULL')).toEqual([{ a: '' }]);
    });
  });
});

function wellFormed(text: string | null): string {
  return text === null ? '' : Buffer.from(text, 'utf8').toString('utf8');
}
