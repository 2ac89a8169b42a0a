import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearMiss } from '../../src/model/near-miss.js';
import { measureBalance } from '../../src/splits/report/balance.js';
import { binLabels, binOf, quantileEdges } from '../../src/splits/input/bins.js';
import { CellSink, cellValues, type CellForm } from '../../src/splits/input/cell-sink.js';
import { formatCsvRow, parseCsvRows } from '../../src/splits/lists/csv-row.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import { linkGroups } from '../../src/splits/input/groups.js';
import { boundCatchUp, Rounding } from '../../src/splits/search/quotas.js';
import { Random } from '../../src/splits/search/random.js';
import { resolveColumn } from '../../src/splits/input/resolution.js';
import { readSettings } from '../../src/splits/input/settings.js';
import { encodeVariable } from '../../src/splits/input/variable.js';

describe('bins', () => {
  test('are half open and readable', () => {
    const edges = [18, 50, 51, 65];
    expect([17.9, 18, 49.9, 50, 51, 65, -3].map((value) => binLabels(edges)[binOf(edges, value)])).toEqual(['<18', '18-49', '18-49', '50', '51-64', '>=65', '<18']);
    expect(binLabels([0.5, 2])).toEqual(['<0.5', '[0.5,2)', '>=2']);
    expect(binLabels([65])).toEqual(['<65', '>=65']);
  });

  test('of quantiles hold equal counts, and equal values are never parted', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 30 }), { minLength: 1, maxLength: 60 }), fc.integer({ min: 2, max: 6 }), (values, bins) => {
        const edges = quantileEdges(values, bins);
        expect(edges).toEqual([...new Set(edges)].sort((a, b) => a - b));
        const most = Math.max(...values.map((value) => values.filter((other) => other === value).length));
        for (const bin of Array.from({ length: edges.length + 1 }, (_, at) => at))
          expect(values.filter((value) => binOf(edges, value) === bin).length).toBeLessThan(values.length / bins + most + 1);
      }),
    );
    expect(quantileEdges([1, 2, 3, 4, 5, 6, 7, 8], 4)).toEqual([3, 5, 7]);
  });
});

describe('cells', () => {
  test('hold lists, separated values and numbers', () => {
    expect(cellValues('COVID-19, ARDS,,', 'text', ',')).toEqual(['COVID-19', 'ARDS']);
    expect(cellValues('["a",null,"b, c"]', 'list')).toEqual(['a', 'b, c']);
    expect(cellValues('63.0', 'number')).toEqual(['63']);
    expect(cellValues('', 'text')).toEqual([]);
  });

  test('become sets of categories, whatever the order in which they are met', () => {
    const cells: [number, string][] = [[0, 'b'], [2, 'a'], [0, 'a'], [3, '']];
    const made = (order: [number, string][], form: CellForm = 'text') => {
      const sink = new CellSink({ column: 'x' }, 'case', 5, form);
      for (const [unit, cell] of order) sink.add(unit, cell);
      return sink.finish();
    };
    const variable = made(cells);
    expect(variable.categories).toEqual(['', 'a', 'b']);
    expect(variable.sets.map((set) => [...set])).toEqual([[0], [1], [1, 2]]);
    expect([...variable.setOf]).toEqual([2, 0, 1, 0, 0]);
    expect(made(cells.toReversed())).toEqual(variable);
  });

  test('of a number keep apart what is missing and what is none, and keep the numbers', () => {
    const sink = new CellSink({ column: 'age', bins: [18, 50] }, 'case', 7, 'text');
    for (const [unit, cell] of ['17.5', ' ', 'old', '1e1', 'Infinity', '0x20', '50'].entries()) sink.add(unit, cell);
    const { categories, sets, setOf, numbers } = sink.finish();
    expect(Array.from(setOf, (set) => categories[sets[set]![0]!])).toEqual(['<18', '', 'not a number', '<18', 'not a number', 'not a number', '>=50']);
    expect([...numbers!]).toEqual([17.5, NaN, NaN, 10, NaN, NaN, 50]);
  });
});

describe('CSV rows', () => {
  test('come back as they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ') }), { minLength: 2, maxLength: 4 }), { minLength: 1 }), (rows) => {
        const text = rows.map((row) => `${formatCsvRow(row)}\n`).join('');
        expect([...parseCsvRows(text)].map(({ cells }) => cells)).toEqual(rows);
      }),
    );
  });
});

describe('groups', () => {
  test('reach through cases that are not asked for, and kinds do not mix', () => {
    const tie = (kind: string, key: string, case_id: string) => ({ kind, key, case_id });
    const ties = [tie('patient', '1', 'a'), tie('patient', '1', 'x'), tie('study', '2', 'x'), tie('study', '2', 'c'), tie('patient', '2', 'b'), tie('patient1', '', 'd')];
    const { count, groupOf } = linkGroups(['a', 'b', 'c', 'd'], ties);
    expect(count).toBe(3);
    expect([...groupOf]).toEqual([0, 1, 0, 2]);
  });
});

describe('quotas', () => {
  test('are rounded without bias, one by one and all together, and sum to the counts', () => {
    const targets = Float64Array.from([0.7, 0.1, 0.2]);
    const random = new Random(sha256Hex('rounding'));
    const counts = [2, 3, 1, 2, 4];
    const draws = 4000;
    const sums = counts.map(() => [0, 0, 0]);
    for (let draw = 0; draw < draws; draw++) {
      const rounding = new Rounding(targets, random);
      let first = 0;
      for (const [at, count] of counts.entries()) {
        const quota = new Float64Array(3);
        rounding.round(quota, count);
        expect(quota[0]! + quota[1]! + quota[2]!).toBe(count);
        first += quota[0]!;
        for (let part = 0; part < 3; part++) {
          expect(Number.isInteger(quota[part]) && quota[part]! >= 0).toBe(true);
          sums[at]![part] = sums[at]![part]! + quota[part]!;
        }
      }
      expect(Math.abs(first - 0.7 * 12)).toBeLessThan(1);
    }
    // the standard error is at most sqrt(4 * 0.25 / 4000)
    for (const [at, row] of sums.entries()) for (const [part, sum] of row.entries()) expect(Math.abs(sum / draws - targets[part]! * counts[at]!)).toBeLessThan(4 * 0.0158);
  });

  test('catch up within bounds, and always sum to the newcomers', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 2, maxLength: 4 }), fc.array(fc.integer({ min: -40, max: 40 }), { minLength: 4, maxLength: 4 }), (shares, skew) => {
        const targets = Float64Array.from(shares, (share) => share / shares.reduce((a, b) => a + b));
        const newcomers = 40;
        const wish = Float64Array.from(targets, (target, part) => target * newcomers + skew[part]!);
        const drift = wish.reduce((a, b) => a + b) - newcomers;
        wish[0] = wish[0]! - drift;
        boundCatchUp(wish, newcomers, targets);
        expect(wish.reduce((a, b) => a + b)).toBeCloseTo(newcomers, 6);
        wish.forEach((value, part) => {
          expect(value).toBeGreaterThanOrEqual(0.5 * targets[part]! * newcomers - 1 - 1e-6);
          expect(value).toBeLessThanOrEqual(1.5 * targets[part]! * newcomers + 1 + 1e-6);
        });
      }),
    );
  });
});

describe('balance', () => {
  test('is what the definitions say', () => {
    const partOf = [0, 0, 0, 0, 1, 1, -1];
    const { variables, joint } = measureBalance(
      [
        encodeVariable({ name: 'sex', values: ['F', 'F', 'F', 'M', 'F', 'M', 'M'] }),
        encodeVariable({ name: 'drug', values: [['a', 'b'], 'a', '', '', 'a', '', 'z'] }),
      ],
      new Uint32Array(8),
      partOf,
      ['one', 'other'],
    );
    // F: 4 of 6 overall, 3 of 4 and 1 of 2 in the parts
    expect(variables.sex).toMatchObject({ max_difference: 0.166667, total_variation: 0.125, jsd: 0.220896 });
    // share of cases with a: 3/6 overall, 2/4 and 1/2; with b: 1/6, 1/4 and 0
    expect(variables.drug!.max_difference).toBe(0.166667);
    expect(Object.keys(joint)).toEqual(['sex × drug']);
    expect(measureBalance([encodeVariable({ name: 'sex', values: ['F', 'M'] })], new Uint32Array(3), [0, 1], ['one', 'other']).variables.sex).toMatchObject({ max_difference: 0.5, total_variation: 0.5, jsd: 1 });
  });

  test('of studies counts studies, and their pairs with a variable of cases too', () => {
    const modality = encodeVariable({ name: 'modality', level: 'study', values: ['CT', 'CT', 'DX', 'CT', 'DX', 'DX'] });
    const sex = encodeVariable({ name: 'sex', values: ['F', 'M'] });
    const { variables, joint } = measureBalance([modality, sex], Uint32Array.from([0, 4, 6]), [0, 1], ['one', 'other']);
    // CT: 3 of 6 studies overall, 3 of 4 and 0 of 2 in the parts
    expect(variables.modality!.max_difference).toBe(0.5);
    expect(joint['modality × sex']!.max_difference).toBe(0.666667);
  });
});

describe('names', () => {
  const tables = new Map([
    ['case', ['submitter_id', 'sex', 'a.b', 'modality']],
    ['imaging_study', ['study_modality', 'cases.submitter_id']],
    ['a', ['b', 'c.d']],
    ['a.c', ['d']],
  ]);
  test('resolve to a column of the case table first, then table.column, then what is built in', () => {
    const resolve = (name: string, caseTable: string | null = 'case') => resolveColumn(name, 'balance', tables, caseTable);
    expect(resolve('a.b')).toEqual({ kind: 'column', table: 'case', column: 'a.b' });
    expect(resolve('a.b', null)).toEqual({ kind: 'column', table: 'a', column: 'b' });
    expect(resolve('imaging_study.cases.submitter_id')).toEqual({ kind: 'column', table: 'imaging_study', column: 'cases.submitter_id' });
    expect(resolve('modality')).toEqual({ kind: 'column', table: 'case', column: 'modality' });
    expect(resolve('modality', null)).toEqual({ kind: 'attribute', keyword: 'Modality' });
    expect(resolve('Manufacturer')).toEqual({ kind: 'attribute', keyword: 'Manufacturer' });
    expect(() => resolve('a.c.d')).toThrow(/two tables/);
    expect(() => resolve('study_modality')).toThrow(expect.objectContaining({ suggestions: ['Did you mean imaging_study.study_modality?'] }));
    expect(nearMiss('sxe', ['sex'])).toBe('sex');
  });
});

describe('settings', () => {
  const parts = { train: 0.5, test: 0.5 };
  test.each([
    [{ parts: { a: 0.5, b: 0.6 } }, /sum to 1/],
    [{ parts: { a: 1.5, b: -0.5 } }, /between 0 and 1/],
    [{ parts: { a: Number.NaN, b: 1 } }, /share/],
    [{ parts, balance: ['sex', 'sex'] }, /each column once/],
    [{ parts, balance: [{ column: 'age', bins: [5, 5] }] }, /from low to high/],
    [{ parts, balance: [{ column: 'age', bins: [] }] }, /from low to high/],
    [{ parts, balance: [{ column: 'age', weight: 0 }] }, /above 0/],
    [{ parts, hold_out: { tset: 'true' } }, /tset/],
    [{ parts, within: { a: 'x', b: 'y' } }, /one part of one other split/],
    [{ parts, within: { s: 'x' } }, /one part of one other split/],
  ])('refuse %j', (config, message) => {
    expect(() => readSettings('s', { seed: 1, ...config })).toThrow(message);
  });

  test('have one digest whatever the order they are written in, and another for other settings', () => {
    const digest = (config: object) => readSettings('s', { seed: 1, parts, ...config }).digest;
    expect(digest({ parts: { test: 0.5, train: 0.5 }, balance: ['b', 'a'], group_by: ['y', 'x', 'y'] })).toBe(digest({ balance: ['a', { column: 'b' }], group_by: ['x', 'y'] }));
    expect(digest({ balance: ['a'] })).not.toBe(digest({ balance: [{ column: 'a', weight: 2 }] }));
  });
});

test('the generator gives the numbers of sfc32', () => {
  const key = '00000001800000020000000390000004'.padEnd(64, '0');
  const random = new Random(key);
  // the reference of PractRand, in whole numbers modulo 2^32
  let [a, b, c, counter] = [0x00000001n, 0x80000002n, 0x00000003n, 0x90000004n];
  const wrap = (value: bigint) => value & 0xffffffffn;
  const next = () => {
    const result = wrap(a + b + counter);
    counter = wrap(counter + 1n);
    a = b ^ (b >> 9n);
    b = wrap(c + (c << 3n));
    c = wrap(wrap((c << 21n) | (c >> 11n)) + result);
    return Number(result);
  };
  for (let round = 0; round < 15; round++) next();
  for (let draw = 0; draw < 100; draw++) expect(random.uint32()).toBe(next());
  const counts = new Array<number>(10).fill(0);
  for (let draw = 0; draw < 20_000; draw++) counts[random.below(10)]!++;
  // chi-square with 9 degrees of freedom: above 33 once in 10,000
  expect(counts.reduce((sum, count) => sum + (count - 2000) ** 2 / 2000, 0)).toBeLessThan(33);
});
