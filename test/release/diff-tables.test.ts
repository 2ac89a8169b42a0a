import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Catalog } from '../../src/catalog/catalog.js';
import type { Change, ChangeRule } from '../../src/model/release-diff.js';
import { filled } from '../support/release-pair.js';
import { row } from '../support/release-store.js';
import { compareTables, type SideTable } from '../support/table-sides.js';

let catalog: Catalog;
beforeAll(async () => void (catalog = await Catalog.open(':memory:', { bare: true })));
afterAll(() => catalog.close());

type Cell = string | number | boolean | null;

/** A table of one column `v` and the column `id`. */
function table(type: string, values: readonly Cell[], key: string | null = 'id', ids: readonly string[] = ['1', '2', '3', '4']): SideTable {
  return { columns: { id: 'VARCHAR', v: type }, key, rows: values.map((v, at) => row(['case-a'], { id: ids[at] ?? 'x', v })) };
}

async function told(before: SideTable, after: SideTable): Promise<Partial<Change>[]> {
  return filled(await compareTables(catalog, before, after));
}

describe('cells', () => {
  const at = { rule: 'cell-changed', case_id: 'case-a', table_name: 't', key: '1', column_name: 'v' };
  const cells: [string, string, Cell[], Cell[], object[]][] = [
    ['not a number stays that', 'DOUBLE', ['nan'], ['nan'], []],
    ['minus zero is zero', 'DOUBLE', [-0], [0], []],
    ['nothing is not empty text', 'VARCHAR', [null], [''], [{ ...at, after: '' }]],
    ['space counts', 'VARCHAR', ['a'], ['a '], [{ ...at, before: 'a', after: 'a ' }]],
    ['Unicode forms differ', 'VARCHAR', ['\u00e9'], ['e\u0301'], [{ ...at, before: '\u00e9', after: 'e\u0301' }]],
    ['a date', 'DATE', ['2026-01-02'], ['2026-01-03'], [{ ...at, before: '2026-01-02', after: '2026-01-03' }]],
    ['a truth value', 'BOOLEAN', [true], [false], [{ ...at, before: 'true', after: 'false' }]],
    ['a list in another order', 'VARCHAR[]', ["['a', 'b']"], ["['b', 'a']"], [{ ...at, before: '[a, b]', after: '[b, a]' }]],
    ['a list with nothing in it is not nothing', 'BIGINT[]', ['[]'], [null], [{ ...at, before: '[]' }]],
  ]; // prettier-ignore
  test.each(cells)('%s', async (_what, type, before, after, expected) => {
    expect(await told(table(type, before), table(type, after))).toEqual(expected);
  });

  test.each([
    ['BIGINT', 'VARCHAR', [41, 2], ['41', '2']],
    ['BIGINT', 'DOUBLE', [41, 2], [41, 2]],
    ['VARCHAR', 'DOUBLE', ['41', '2.50'], [41, 2.5]],
  ] as [string, string, Cell[], Cell[]][])('from %s to %s the type changed and no value', async (from, to, before, after) => {
    expect(await told(table(from, before), table(to, after))).toEqual([{ rule: 'column-retyped', table_name: 't', column_name: 'v', before: from, after: to }]);
  });

  test('a value that changed with the type is told', async () => {
    expect(await told(table('VARCHAR', ['-', '7']), table('BIGINT', [null, 8]))).toMatchObject([{ rule: 'column-retyped' }, { ...at, before: '-' }, { ...at, key: '2', before: '7', after: '8' }]);
  });
});

describe('rows', () => {
  test('another order of rows is no change', async () => {
    expect(await told(table('BIGINT', [1, 2, 3]), table('BIGINT', [3, 2, 1], 'id', ['3', '2', '1']))).toEqual([]);
  });

  test('of rows that share a key only the one that changed is told', async () => {
    const twice = ['1', '1', '1', '2'];
    expect(await told(table('BIGINT', [1, 2, 3, 4], 'id', twice), table('BIGINT', [3, 9, 1, 4], 'id', twice))).toEqual([
      { rule: 'cell-changed', case_id: 'case-a', table_name: 't', key: '1', column_name: 'v', before: '2', after: '9' },
    ]);
  });

  test('without a key, the same row more often is a row more', async () => {
    expect(await told(table('BIGINT', [1, 1], null, ['1', '1']), table('BIGINT', [1, 1, 1], null, ['1', '1', '1']))).toEqual([{ rule: 'row-added', case_id: 'case-a', table_name: 't' }]);
  });

  test('rows without a key value', async () => {
    const nameless = (v: number): SideTable => ({ columns: { id: 'VARCHAR', v: 'BIGINT' }, key: 'id', rows: [row(['case-a'], { id: null, v })] });
    expect(await told(nameless(1), nameless(2))).toEqual([{ rule: 'cell-changed', case_id: 'case-a', table_name: 't', column_name: 'v', before: '1', after: '2' }]);
  });
});

describe('columns', () => {
  const renamed = (name: string, values: Cell[] = [1, 2]): SideTable => ({
    columns: { id: 'VARCHAR', [name]: 'BIGINT' },
    key: 'id',
    rows: values.map((v, at) => row(['case-a'], { id: String(at), [name]: v })),
  });

  test('another name with the same values is one change', async () => {
    expect(await told(renamed('age'), renamed('age_at_index'))).toEqual([{ rule: 'column-renamed', table_name: 't', column_name: 'age_at_index', before: 'age', after: 'age_at_index' }]);
  });

  test('another name with another value is a column less and one more', async () => {
    expect(await told(renamed('age'), renamed('age_at_index', [1, 3]))).toMatchObject([{ rule: 'column-removed', column_name: 'age' }, { rule: 'column-added', column_name: 'age_at_index' }]);
  });

  test('two columns that could be it, or an empty one, tell nothing', async () => {
    const twins: SideTable = { columns: { id: 'VARCHAR', a: 'BIGINT', b: 'BIGINT' }, key: 'id', rows: [row(['case-a'], { id: '0', a: 1, b: 1 })] };
    expect((await told(renamed('age', [1]), twins)).map(({ rule }) => rule)).toEqual(['column-removed', 'column-added', 'column-added']);
    expect((await told(renamed('age', [null]), renamed('other', [null]))).map(({ rule }) => rule)).toEqual(['column-removed', 'column-added']);
  });

  test('the key too may have another name', async () => {
    const keyed = (key: string): SideTable => ({ columns: { [key]: 'VARCHAR', v: 'BIGINT' }, key, rows: [row(['case-a'], { [key]: 'x', v: 1 })] });
    expect(await told(keyed('id'), keyed('submitter_id'))).toMatchObject([{ rule: 'table-rekeyed', before: 'id', after: 'submitter_id' }, { rule: 'column-renamed', before: 'id', after: 'submitter_id' }]);
  });
});

describe('laws', () => {
  const cell = fc.option(fc.constantFrom('a', 'b', ''), { nil: null });
  const tables: fc.Arbitrary<SideTable> = fc.record({
    key: fc.constantFrom('id', null),
    rows: fc.array(fc.record({ id: fc.option(fc.constantFrom('1', '2', '3'), { nil: null }), v: cell, w: cell }).map((cells) => row(['case-a'], cells)), { maxLength: 6 }),
    columns: fc.constantFrom<Record<string, string>[]>({ id: 'VARCHAR', v: 'VARCHAR', w: 'VARCHAR' }, { id: 'VARCHAR', v: 'VARCHAR' }),
  });
  const MIRROR = new Map<ChangeRule, ChangeRule>([['row-added', 'row-removed'], ['row-removed', 'row-added'], ['column-added', 'column-removed'], ['column-removed', 'column-added']]);

  test('what is the same, in whatever order, has no difference', async () => {
    await fc.assert(
      fc.asyncProperty(tables, async (each) => {
        expect(await told(each, { ...each, rows: each.rows.toReversed() })).toEqual([]);
      }),
      { numRuns: 30 },
    );
  });

  test('the way back is the mirror of the way there', async () => {
    const text = (changes: readonly Partial<Change>[]): string[] => changes.map((each) => JSON.stringify(each, ['rule', 'key', 'column_name', 'before', 'after'])).sort();
    await fc.assert(
      fc.asyncProperty(tables, tables, async (a, b) => {
        const there = await told(a, b);
        const back = await told(b, a);
        expect(text(there)).toEqual(text(back.map(({ rule, before, after, ...rest }) => ({ ...rest, rule: MIRROR.get(rule!) ?? rule!, ...(after === undefined ? {} : { before: after }), ...(before === undefined ? {} : { after: before }) }))));
      }),
      { numRuns: 30 },
    );
  });

  test('rows added and removed account for the difference in number', async () => {
    await fc.assert(
      fc.asyncProperty(tables, tables, async (a, b) => {
        const changes = await told(a, b);
        const count = (rule: ChangeRule): number => changes.filter((each) => each.rule === rule).length;
        expect(b.rows.length - a.rows.length).toBe(count('row-added') - count('row-removed'));
      }),
      { numRuns: 20 },
    );
  });
});
