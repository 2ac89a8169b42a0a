import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog } from '../../src/catalog/catalog.js';
import { inferColumns, typeTable } from '../../src/catalog/table-typing.js';
import { parseCell } from '../../src/clinical/cell.js';
import { inferType } from '../../src/clinical/infer.js';
import type { ColumnSchema } from '../../src/model/clinical.js';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await Catalog.open(':memory:');
});
afterAll(() => catalog.close());

const COLUMNS: ColumnSchema[] = [
  { name: 'i', type: 'integer', sqlType: 'BIGINT', required: false },
  { name: 'n', type: 'number', sqlType: 'DOUBLE', required: false },
  { name: 'b', type: 'boolean', sqlType: 'BOOLEAN', required: false },
  { name: 't', type: 'string', sqlType: 'VARCHAR', required: false },
  { name: 'ls', type: 'array', items: 'string', sqlType: 'VARCHAR[]', required: false, enum: ['a', 'b, c'] },
  { name: 'li', type: 'array', items: 'integer', sqlType: 'BIGINT[]', required: false },
  { name: 'ld', type: 'array', items: 'number', sqlType: 'DOUBLE[]', required: false },
];

const MATCHING: Record<string, string> = { integer: 'number', number: 'number', boolean: 'boolean', string: 'string', array: 'object' };

async function loadRaw(cells: readonly (string | null)[]): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE raw_t (source VARCHAR, source_row BIGINT, ${COLUMNS.map(({ name }) => `${name} VARCHAR`).join(', ')})`);
  const appender = await catalog.appender('raw_t');
  cells.forEach((cell, row) => appender.appendRow(['s', row, ...COLUMNS.map(() => cell)]));
  appender.close();
}

const cell = fc.oneof(
  fc.constantFrom(null, '0', '-0', '00', '036', '9007199254740991', '9007199254740992', '-9007199254740991', '1e5', '1.0', '1.', '.5', '1e400', '-1e400', '1e-400', '4.9e-324', 'NaN', 'inf', 'true', 'True', 'TRUE', 't', '1', 'yes', 'a,b', 'a,', 'b, c', 'a,b, c', '1,2', '1, 2', '0.1,1e3', ' 7', '7 ', '٣', '1_000', '0x10', '1\n'),
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.string({ unit: fc.constantFrom('0', '1', '9', '.', '-', '+', 'e', 'E', ',', ' '), minLength: 1, maxLength: 12 }),
);

test('clinical columns hold exactly what the gate takes a cell for, NULL where it does not fit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 60 }), async (cells) => {
      await loadRaw(cells);
      const typed = COLUMNS.map((column) => ({
        name: column.name,
        sqlType: column.sqlType,
        parseList: (text: string) => {
          const members = parseCell(text, column, ',');
          return Array.isArray(members) ? (members as unknown[]) : undefined;
        },
      }));
      await typeTable(catalog, 't', 'raw_t', typed, null);
      const rows = await catalog.all('SELECT * EXCLUDE (source, source_row) FROM clinical_t ORDER BY source_row');
      const expected = cells.map((text) =>
        Object.fromEntries(
          COLUMNS.map((column) => {
            const value = parseCell(text, column, ',');
            return [column.name, typeof value === MATCHING[column.type] ? value : null];
          }),
        ),
      );
      expect(rows).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('types are inferred by the same rule as src/clinical', async () => {
  const sql = { string: 'VARCHAR', integer: 'BIGINT', number: 'DOUBLE' };
  const numeric = fc.oneof(fc.integer().map(String), fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.constant(null), fc.constantFrom('123456789012345', '1234567890123456', '036'));
  await fc.assert(
    fc.asyncProperty(fc.oneof(fc.array(cell, { maxLength: 6 }), fc.array(numeric, { maxLength: 6 })), async (cells) => {
      await loadRaw(cells);
      const [column] = await inferColumns(catalog, 'raw_t', ['t']);
      expect(column).toEqual({ name: 't', sqlType: sql[inferType(cells)] });
    }),
    { numRuns: 150 },
  );
});
