import { describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../../src/catalog/catalog.js';
import { draftsAfter, findingsOf, judge } from './gate.js';

/** Cases with an id each; every fourth is withheld. */
function cases(ids: readonly string[]): { case: string[][] } {
  return { case: [['submitter_id', 'sex'], ...ids.map((id) => [id, 'Male'])] };
}

function statuses(ids: readonly string[]): Record<string, string> {
  return Object.fromEntries(ids.map((id, at) => [id, at % 4 === 2 ? 'withheld' : 'accepted']));
}

const NUMBERED = Array.from({ length: 40 }, (_, at) => `Site-${String(1000 + at)}`);

/** Pseudonyms: the same cases under numbers that follow no order. */
const RANDOM = Array.from({ length: 40 }, (_, at) => `Site-${String((at * 7919 + 12_345) % 100_003)}`);

const WITHIN = { config: { release: { within: { outer: 'open' } }, splits: { outer: { seed: 1, parts: { open: 0.75, sequestered: 0.25 } }, bench: { seed: 1, parts: { train: 0.5, test: 0.5 } } } } };

describe('DSC-013', () => {
  test('gaps of consecutive ids that are the withheld cases give them away', async () => {
    expect(await findingsOf('DSC-013', cases(NUMBERED), { ...WITHIN, cases: statuses(NUMBERED) })).toMatchObject([
      { level: 'error', message: 'The released case ids are a numbering whose gaps are the withheld cases.', found: '10 gaps, 10 of them withheld cases' },
    ]);
  });

  test('ordinary pseudonyms, and gaps that are mostly of other kinds, are no finding', async () => {
    expect(await findingsOf('DSC-013', cases(RANDOM), { ...WITHIN, cases: statuses(RANDOM) })).toEqual([]);
    const mixed = Object.fromEntries(NUMBERED.map((id, at) => [id, at % 4 !== 2 ? 'accepted' : at < 30 ? 'rejected' : 'withheld']));
    expect(await findingsOf('DSC-013', cases(NUMBERED), { ...WITHIN, cases: mixed })).toEqual([]);
  });

  test('a released cell that names a withheld case is found, alone or in a list; rows of withheld cases are not released', async () => {
    const table = { ...cases(RANDOM), lookup: [['site', 'members'], ['a', `${RANDOM[0]}, ${RANDOM[2]}`], ['b', RANDOM[6]!]], measurement: [['submitter_id', 'cases.submitter_id'], ['M1', RANDOM[2]!]] };
    expect(await findingsOf('DSC-013', table, { ...WITHIN, cases: statuses(RANDOM) })).toMatchObject([
      { level: 'error', message: 'Cells that would be released name withheld cases.', location: { table: 'lookup', column: 'members' }, found: '2 withheld cases' },
    ]);
  });

  test('a number that counts the withheld cases too is a warning', async () => {
    const table = { ...cases(RANDOM), lookup: [['site', 'cases'], ['all', '40'], ['released', '30']] };
    expect(await findingsOf('DSC-013', table, { ...WITHIN, cases: statuses(RANDOM) })).toMatchObject([{ level: 'warning', location: { table: 'lookup', column: 'cases' }, found: '1 cell' }]);
  });

  test('a withheld case in an earlier release is out', async () => {
    const earlier = { version: '1.0.0', table: [['case_id', 'sex'], [RANDOM[2]!, 'Male'], [RANDOM[0]!, 'Male']] };
    expect(await draftsAfter('DSC-013', [earlier], cases(RANDOM), { ...WITHIN, cases: statuses(RANDOM) })).toMatchObject([
      { message: 'Withheld cases are in an earlier release, so comparing the two shows them.', location: { key: '1.0.0' }, found: '1 case' },
    ]);
  });

  test('a published split that was drawn over withheld cases is a warning; the hiding one is not', async () => {
    const prepare = async (catalog: Catalog): Promise<void> => {
      for (const [at, split] of ['outer', 'bench'].entries()) await catalog.run("INSERT INTO assignment VALUES (?, 1, ?, 'g', 'test', true, NULL)", [split, RANDOM[2 + 4 * at]!]);
    };
    expect(await findingsOf('DSC-013', cases(RANDOM), { ...WITHIN, cases: statuses(RANDOM), prepare })).toMatchObject([
      { level: 'warning', location: { key: 'bench' }, hint: 'Draw it within the released part: splits.bench.within.', found: '1 withheld case' },
    ]);
  });

  test('without withheld cases it does not apply', async () => {
    const report = await judge(cases(RANDOM), { only: ['DSC-013'] });
    expect(report.checks).toMatchObject([{ status: 'not-applicable', reason: 'no case is withheld as a hidden set' }]);
  });
});
