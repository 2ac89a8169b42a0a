import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { nearMiss } from '../../src/model/near-miss.js';
import { measureBalance } from '../../src/splits/balance.js';
import { binLabels, compileBins } from '../../src/splits/bins.js';
import { compileCellParser } from '../../src/splits/case-sets.js';
import { formatCsvRow, parseCsvRows } from '../../src/splits/csv-row.js';
import { linkGroups } from '../../src/splits/groups.js';
import { boundCatchUp, roundAtRandom } from '../../src/splits/quotas.js';
import { Random } from '../../src/splits/random.js';
import { resolveColumn } from '../../src/splits/resolution.js';
import { readSettings } from '../../src/splits/settings.js';

describe('bins', () => {
  test('are half open, readable, and keep apart what is missing and what is no number', () => {
    const bin = compileBins([18, 50, 51, 65]);
    expect(['17', '17.9', '18', '49', '49.9', '50', '51', '65', '120', '', ' ', 'old', '-3'].map(bin)).toEqual([
      '<18', '<18', '18-49', '18-49', '18-49', '50', '51-64', '>=65', '>=65', '', '', 'not a number', '<18',
    ]);
    expect(binLabels([0.5, 2])).toEqual(['<0.5', '[0.5,2)', '>=2']);
    expect(binLabels([65])).toEqual(['<65', '>=65']);
  });
});

describe('cells', () => {
  test('hold lists, separated values and binned numbers', () => {
    expect(compileCellParser({ separator: ',' })('COVID-19, ARDS,,')).toEqual(['COVID-19', 'ARDS']);
    expect(compileCellParser({})(['a', null, 'b'])).toEqual(['a', 'b']);
    expect(compileCellParser({ bins: [10] })(12)).toEqual(['>=10']);
    expect(compileCellParser({})(false)).toEqual(['false']);
    expect(compileCellParser({})('')).toEqual([]);
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
  test('are rounded without bias and sum to the count', () => {
    const targets = Float64Array.from([0.7, 0.1, 0.2]);
    const sums = [0, 0, 0];
    for (let at = 0; at < 1000; at++) {
      const quota = new Float64Array(3);
      roundAtRandom(quota, 2, targets, at / 1000);
      expect(quota[0]! + quota[1]! + quota[2]!).toBe(2);
      for (let part = 0; part < 3; part++) {
        expect(Number.isInteger(quota[part])).toBe(true);
        sums[part] = sums[part]! + quota[part]!;
      }
    }
    expect(sums.map((sum) => Math.round(sum / 10) / 100)).toEqual([1.4, 0.2, 0.4]);
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
        { name: 'sex', weight: 1, values: ['F', 'F', 'F', 'M', 'F', 'M', 'M'] },
        { name: 'drug', weight: 1, values: [['a', 'b'], 'a', '', '', 'a', '', 'z'] },
      ],
      partOf,
      2,
    );
    // F: 4 of 6 overall, 3 of 4 and 1 of 2 in the parts
    expect(variables.sex).toEqual({ max_difference: 0.166667, total_variation: 0.125, jsd: 0.220896 });
    // share of cases with a: 3/6 overall, 2/4 and 1/2; with b: 1/6, 1/4 and 0
    expect(variables.drug!.max_difference).toBe(0.166667);
    expect(Object.keys(joint)).toEqual(['sex × drug']);
    expect(measureBalance([{ name: 'sex', weight: 1, values: ['F', 'M'] }], [0, 1], 2).variables.sex).toEqual({ max_difference: 0.5, total_variation: 0.5, jsd: 1 });
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
    expect(resolve('modality', null)).toEqual({ kind: 'modality' });
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
    [{ parts: { a: Number.NaN } }, /between 0 and 1/],
    [{ parts, balance: ['sex', 'sex'] }, /twice/],
    [{ parts, balance: [{ column: 'age', bins: [5, 5] }] }, /ascend/],
    [{ parts, balance: [{ column: 'age', bins: [] }] }, /ascend/],
    [{ parts, balance: [{ column: 'age', weight: 0 }] }, /above 0/],
    [{ parts, hold_out: { tset: 'true' } }, /tset/],
    [{ parts, within: { a: 'x', b: 'y' } }, /more than one/],
    [{ parts, within: { s: 'x' } }, /within itself/],
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
