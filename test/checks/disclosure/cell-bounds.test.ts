import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { deriveCells, type CellSum, type CellSystem } from '../../../src/checks/disclosure/cell-bounds.js';

/** Cells of a table with margins, row by row: inner cells, then the row totals, the column totals, the grand total. */
function crossTable(inner: readonly (readonly number[])[]): { counts: number[]; sums: CellSum[] } {
  const [height, width] = [inner.length, inner[0]?.length ?? 0];
  const cell = (row: number, column: number): number => row * width + column;
  const rowTotal = (row: number): number => height * width + row;
  const columnTotal = (column: number): number => height * width + height + column;
  const grand = height * width + height + width;
  const rows = inner.map((row) => row.reduce((sum, count) => sum + count, 0));
  const columns = Array.from({ length: width }, (_, column) => inner.reduce((sum, row) => sum + row[column]!, 0));
  const all = rows.reduce((sum, count) => sum + count, 0);
  return {
    counts: [...inner.flat(), ...rows, ...columns, all],
    sums: [
      ...inner.map((row, at) => ({ total: rowTotal(at), parts: row.map((_, column) => cell(at, column)) })),
      ...columns.map((_, at) => ({ total: columnTotal(at), parts: inner.map((_row, row) => cell(row, at)) })),
      { total: grand, parts: rows.map((_, row) => rowTotal(row)) },
      { total: grand, parts: columns.map((_, column) => columnTotal(column)) },
    ],
  };
}

/** Every assignment of whole numbers up to `limit` to the suppressed cells that fulfils the sums, by trying all. */
function bruteBounds({ cells, sums }: CellSystem, limit: number): Map<number, [number, number]> {
  const unknown = cells.flatMap((count, cell) => (count === null ? [cell] : []));
  const bounds = new Map<number, [number, number]>();
  const values = [...cells] as number[];
  const total = (limit + 1) ** unknown.length;
  for (let code = 0; code < total; code++) {
    let rest = code;
    for (const cell of unknown) {
      values[cell] = rest % (limit + 1);
      rest = Math.floor(rest / (limit + 1));
    }
    if (!sums.every((sum) => values[sum.total] === sum.parts.reduce((all, part) => all + values[part]!, 0))) continue;
    for (const cell of unknown) {
      const [least, most] = bounds.get(cell) ?? [Infinity, -Infinity];
      bounds.set(cell, [Math.min(least, values[cell]!), Math.max(most, values[cell]!)]);
    }
  }
  return bounds;
}

describe('cells that can be derived', () => {
  test('one suppressed part of a known total is known', () => {
    expect(deriveCells({ cells: [40, null, 45], sums: [{ total: 2, parts: [0, 1] }] })).toEqual({ kind: 'bounds', bounds: [{ cell: 1, least: 5, most: 5 }], unsolved: 0 });
  });

  test('two suppressed parts share what is left, and a suppressed total has a least value', () => {
    expect(deriveCells({ cells: [null, null, 30, 60], sums: [{ total: 3, parts: [0, 1, 2] }] })).toMatchObject({ bounds: [{ least: 0, most: 30 }, { least: 0, most: 30 }] });
    expect(deriveCells({ cells: [20, null, null], sums: [{ total: 2, parts: [0, 1] }] })).toMatchObject({ bounds: [{ cell: 1, least: 0, most: Infinity }, { cell: 2, least: 20, most: Infinity }] });
  });

  test('a cell in no sum is bounded by nothing', () => {
    expect(deriveCells({ cells: [null], sums: [] })).toEqual({ kind: 'bounds', bounds: [{ cell: 0, least: 0, most: Infinity }], unsolved: 0 });
  });

  test('counts that contradict each other are told', () => {
    expect(deriveCells({ cells: [1, 2, 4], sums: [{ total: 2, parts: [0, 1] }] })).toEqual({ kind: 'contradiction' });
    expect(deriveCells({ cells: [5, null, 4], sums: [{ total: 2, parts: [0, 1] }] })).toEqual({ kind: 'contradiction' });
  });

  test('a cell is found out by a combination of sums where no sum alone tells it', () => {
    // Rows 1 and 2 less columns 1 and 2 leave the one cell of column 3; the total of column 3 is suppressed too.
    const { counts, sums } = crossTable([[3, 4, 7], [5, 6, 0], [9, 9, 9]]);
    const hidden = new Set([0, 1, 2, 3, 4, 14]);
    const derived = deriveCells({ cells: counts.map((count, cell) => (hidden.has(cell) ? null : count)), sums: sums.slice(0, 6) });
    expect(derived).toMatchObject({ kind: 'bounds' });
    expect(derived.kind === 'bounds' && derived.bounds.find(({ cell }) => cell === 2)).toEqual({ cell: 2, least: 7, most: 7 });
  });

  test('more cells than can be solved are counted, not passed over in silence', () => {
    const parts = Array.from({ length: 200 }, (_, cell) => cell);
    expect(deriveCells({ cells: [...parts.map(() => null), 1000], sums: [{ total: 200, parts }] })).toEqual({ kind: 'bounds', bounds: [], unsolved: 200 });
  });

  test('in tables of two dimensions the bounds are those of trying all numbers', () => {
    const table = fc.tuple(fc.integer({ min: 1, max: 2 }), fc.integer({ min: 2, max: 3 })).chain(([height, width]) =>
      fc.record({
        inner: fc.array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: width, maxLength: width }), { minLength: height, maxLength: height }),
        hidden: fc.uniqueArray(fc.nat((height + 1) * (width + 1) - 1), { maxLength: 4 }),
      }),
    );
    fc.assert(
      fc.property(table, ({ inner, hidden }) => {
        const { counts, sums } = crossTable(inner);
        const system = { cells: counts.map((count, cell) => (hidden.includes(cell) ? null : count)), sums };
        const limit = 12;
        const brute = bruteBounds(system, limit);
        const derived = deriveCells(system);
        if (derived.kind !== 'bounds') throw new Error('the true counts are a solution');
        const complete = derived.bounds.every(({ most }) => most <= limit);
        for (const { cell, least, most } of derived.bounds) {
          expect(counts[cell]!).toBeGreaterThanOrEqual(least);
          expect(counts[cell]!).toBeLessThanOrEqual(most);
          // Where a count may be greater than any that was tried, trying says nothing.
          if (complete) expect([cell, least, most]).toEqual([cell, ...brute.get(cell)!]);
        }
      }),
      { numRuns: 150, seed: 7 },
    );
  });
});
