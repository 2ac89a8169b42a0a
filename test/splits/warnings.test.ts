import { describe, expect, test } from '@jest/globals';
import type { SplitWarning } from '../../src/model/split.js';
import { buildReport } from '../../src/splits/report/report.js';
import { encodeVariable, type CellValue } from '../../src/splits/input/variable.js';
import { splitInput, type TextInput } from '../support/split-input.js';

/** A split whose first `train` cases are in train and the others in test. */
function report(values: Record<string, CellValue[]>, train: number, more: Partial<TextInput> = {}, hidden: string | null = null) {
  const count = Object.values(values)[0]!.length;
  const cases = Array.from({ length: count }, (_, at) => `c${String(at).padStart(4, '0')}`);
  const parts = [{ name: 'train', target: train / count }, { name: 'test', target: 1 - train / count }];
  const input = splitInput({ cases, parts, variables: Object.entries(values).map(([name, cells]) => ({ name, values: cells })), ...more });
  const places = new Map(cases.map((id, at) => [id, { part: at < train ? 'train' : 'test', frozen: false }]));
  return buildReport(input, { places, unassigned: [], input_digest: '' }, { hidden, permutations: 499 });
}

const cells = (...runs: [string, number][]) => runs.flatMap(([value, count]) => new Array<string>(count).fill(value));
const of = (warnings: readonly SplitWarning[], code: SplitWarning['code']) => warnings.filter((warning) => warning.code === code);

describe('a reviewer asks', () => {
  test('nothing of a split that is balanced', () => {
    expect(report({ sex: [...cells(['F', 40], ['M', 40]), ...cells(['F', 40], ['M', 40])] }, 80).warnings).toEqual([]);
  });

  test('about a category that one part lacks, or that only one has', () => {
    const { warnings } = report({ site: [...cells(['A', 60], ['B', 30], ['C', 10], ['X', 3]), ...cells(['A', 60], ['B', 30])] }, 103);
    expect(of(warnings, 'one-part-category')).toEqual([{ code: 'one-part-category', variable: 'site', part: 'train', message: 'Only train has site = C (10), X (3).' }]);
    const three = report({ site: [...cells(['A', 60], ['C', 3]), ...cells(['A', 60])] }, 63).warnings;
    expect(of(three, 'absent-category')).toEqual([]);
    expect(of(three, 'one-part-category').map(({ message }) => message)).toEqual(['Only train has site = C (3).']);
  });

  test('about a cell without a positive in test', () => {
    const train = { sex: cells(['F', 50], ['M', 50]), positive: cells(['Yes', 25], ['No', 25], ['Yes', 25], ['No', 25]) };
    const heldOut = { sex: cells(['F', 50], ['M', 50]), positive: cells(['No', 50], ['Yes', 50]) };
    const { warnings } = report({ sex: [...train.sex, ...heldOut.sex], positive: [...train.positive, ...heldOut.positive] }, 100);
    expect(of(warnings, 'empty-cell')).toEqual([{ code: 'empty-cell', variable: 'sex × positive', part: 'test', message: 'test has nothing of sex × positive = F × Yes (25 in all), M × No (25 in all).' }]);
  });

  test('about rare categories, small parts, missing values and imbalance', () => {
    const { warnings } = report({ sex: [...cells(['F', 30], ['M', 30], ['', 20]), ...cells(['F', 10], ['M', 2])] }, 80);
    expect(warnings.map(({ code }) => code)).toEqual(['tied-part', 'imbalance', 'small-part', 'not-reported', 'rare-category']);
    expect(of(warnings, 'rare-category')[0]!.message).toBe('test has fewer than 5 cases with sex = M (2).');
    expect(of(warnings, 'not-reported')[0]!.message).toBe('sex is missing or not reported in 21.7 % of the cases.');
  });

  test('about a part that depends on a variable, such as the date', () => {
    const { warnings } = report({ year: [...cells(['2019', 70], ['2020', 30]), ...cells(['2019', 30], ['2020', 70])] }, 100);
    expect(of(warnings, 'tied-part').map(({ variable }) => variable)).toEqual(['year']);
  });

  test('about patients, studies and looks that two parts share, by the pair, before all else', () => {
    const ties = [
      { kind: 'patient', key: 'P', case_id: 'c0000' }, { kind: 'patient', key: 'P', case_id: 'c0159' },
      { kind: 'image', key: 'pixels c0001 c0158', case_id: 'c0001' }, { kind: 'image', key: 'pixels c0001 c0158', case_id: 'c0158' },
      { kind: 'image', key: 'likeness c0002 c0157', case_id: 'c0002' }, { kind: 'image', key: 'likeness c0002 c0157', case_id: 'c0157' },
      { kind: 'study', key: 'within train', case_id: 'c0003' }, { kind: 'study', key: 'within train', case_id: 'c0004' },
    ];
    const found = report({ sex: cells(['F', 80], ['M', 80]) }, 80, { ties });
    expect(found.leakage).toEqual({ groups: 3, patients: 1, studies: 0, instances: 0 });
    expect(found.shared).toEqual([{ parts: ['test', 'train'], groups: 3, patients: 1, studies: 0, instances: 0, identical_images: 1, near_duplicates: 1 }]);
    expect(found.warnings.slice(0, 4).map(({ message }) => message)).toEqual([
      'test and train share 3 linked groups.',
      'test and train share 1 patient.',
      'test and train share 1 pair of cases with images of the same pixels.',
      'test and train share 1 pair of cases with images that look the same.',
    ]);
  });

  test('that what a hidden part shows here is kept', () => {
    const { warnings } = report({ sex: cells(['F', 80], ['M', 80]) }, 80, {}, 'test');
    expect(of(warnings, 'hidden-part')).toHaveLength(1);
  });

  test('in sentences of bounded length, whatever a category is', () => {
    const long = 'x'.repeat(100_000);
    const { warnings } = report({ note: [...cells(['A', 60], [long, 10]), ...cells(['A', 60])] }, 70);
    expect(Math.max(...warnings.map(({ message }) => message.length))).toBeLessThan(400);
  });
});

describe('variables that nobody balanced', () => {
  const observe = (manufacturer: string[]) => {
    const cases = manufacturer.map((_, at) => `c${String(at).padStart(4, '0')}`);
    const input = splitInput({ cases, parts: [{ name: 'train', target: 0.5 }, { name: 'test', target: 0.5 }], variables: [{ name: 'sex', values: cases.map((_, at) => (at % 2 === 0 ? 'F' : 'M')) }] });
    const places = new Map(cases.map((id, at) => [id, { part: at < cases.length / 2 ? 'train' : 'test', frozen: false }]));
    return buildReport(input, { places, unassigned: [], input_digest: '' }, { permutations: 499, observed: [encodeVariable({ name: 'Manufacturer', values: manufacturer })] });
  };

  test('are reported apart, and asked about when the part depends on them', () => {
    const tied = observe([...cells(['GE', 90], ['Agfa', 10]), ...cells(['GE', 60], ['Agfa', 40])]);
    expect(Object.keys(tied.variables)).toEqual(['sex']);
    expect(Object.keys(tied.observed)).toEqual(['Manufacturer']);
    expect(of(tied.warnings, 'tied-part')[0]!.message).toMatch(/^The part depends on Manufacturer, which is not balanced: of 499 random splits/);
    expect(tied.permutation!.p).toBeLessThan(0.2);
    const chance = observe([...cells(['GE', 90], ['Agfa', 10]), ...cells(['GE', 88], ['Agfa', 12])]);
    expect(chance.warnings).toEqual([]);
  });

  test('are asked about when one part alone has a kind that the other should have', () => {
    expect(observe([...cells(['GE', 92], ['Agfa', 8]), ...cells(['GE', 100])]).warnings.map(({ message }) => message)).toContain('Only train has Manufacturer = Agfa (8).');
    expect(observe([...cells(['GE', 98], ['Agfa', 2]), ...cells(['GE', 100])]).warnings).toEqual([]);
  });
});

test('names of columns that objects know are names like others', () => {
  const { variables, joint } = report({ ['__proto__']: cells(['F', 40], ['M', 40]), constructor: cells(['F', 20], ['M', 60]) }, 40);
  expect(Object.keys(variables)).toEqual(['__proto__', 'constructor']);
  expect(Object.entries(variables).map(([, { permutation }]) => permutation?.runs)).toEqual([499, 499]);
  expect(Object.keys(joint)).toEqual(['__proto__ × constructor']);
});
