import { describe, expect, test } from '@jest/globals';
import { caseTable, draftsAfter, judge } from './gate.js';

const HEADER = ['sex', 'race', 'age_at_index'];
const GATE = { gate: { k_anonymity: 3, quasi_identifiers: ['sex', 'race', { column: 'age_at_index', width: 10 }] } };

/** A case table as a release holds it: `case_id` first. */
function released(rows: readonly (readonly [number, ...string[]])[], version = '1.0.0') {
  const [header = [], ...cells] = caseTable(HEADER, rows);
  return { version, table: [['case_id', ...header], ...cells.map((row) => [row[0]!, ...row])] };
}

const BEFORE = [5, 'Male', 'White', '31'] as const;

describe('DSC-008', () => {
  test('nothing changed: nothing is found, though the earlier release holds ages as numbers', async () => {
    expect(await draftsAfter('DSC-008', [released([BEFORE])], { case: caseTable(HEADER, [BEFORE]) }, GATE)).toEqual([]);
  });

  test('fewer than k newcomers of a class are found, however large it is; k of them are not', async () => {
    const drafts = (times: number) => draftsAfter('DSC-008', [released([BEFORE])], { case: caseTable(HEADER, [BEFORE, [times, 'Male', 'White', '32']]) }, GATE);
    expect(await drafts(2)).toMatchObject([
      { code: 'DSC-008', location: { table: 'case', key: 'sex=Male, race=White, age_at_index=30-39' }, expected: 'none, or at least 3 cases', found: '2 cases since 1.0.0' },
    ]);
    expect((await drafts(2))[0]!.level).toBeUndefined();
    expect(await drafts(3)).toEqual([]);
  });

  test('a case that moved to another class is found in both, though the sizes hide it', async () => {
    const rows: [number, ...string[]][] = [[4, 'Male', 'White', '31'], [4, 'Female', 'White', '31']];
    const [header, ...cells] = caseTable(HEADER, rows);
    const [first, last] = [cells[0]!, cells.at(-1)!];
    const moved = [[first[0]!, ...last.slice(1)], ...cells.slice(1, -1), [last[0]!, ...first.slice(1)]];
    const drafts = await draftsAfter('DSC-008', [released(rows)], { case: [header!, ...moved] }, GATE);
    expect(drafts.map(({ level, location }) => [level ?? 'error', location.key?.split(',')[0]])).toEqual([
      ['error', 'sex=Female'],
      ['error', 'sex=Male'],
      ['warning', 'sex=Female'],
      ['warning', 'sex=Male'],
    ]);
  });

  test('cases that left are a warning: no later release can undo it', async () => {
    expect(await draftsAfter('DSC-008', [released([BEFORE])], { case: caseTable(HEADER, [[4, 'Male', 'White', '31']]) }, GATE)).toMatchObject([
      { level: 'warning', message: 'Few cases left a class that an earlier release shows.', found: '1 case since 1.0.0' },
    ]);
  });

  test('every earlier release is compared, by the columns that it has', async () => {
    const [header = [], ...cells] = released([BEFORE]).table;
    const narrow = { version: '0.9.0', table: [header, ...cells].map((row) => row.filter((_, at) => header[at] !== 'race')) };
    const drafts = await draftsAfter('DSC-008', [narrow, released([BEFORE])], { case: caseTable(HEADER, [BEFORE, [1, 'Male', 'Asian', '31']]) }, GATE);
    expect(drafts.map(({ location, found }) => [location.key, found])).toEqual([
      ['sex=Male, age_at_index=30-39', '1 case since 0.9.0'],
      ['sex=Male, race=Asian, age_at_index=30-39', '1 case since 1.0.0'],
    ]);
  });

  test('lists of the release and of the table are the same sets', async () => {
    const gate = { gate: { k_anonymity: 3, quasi_identifiers: ['race_ethnicity'] } };
    const table = [['submitter_id', 'race_ethnicity'], ...['C1', 'C2', 'C3'].map((id) => [id, 'White,Asian'])];
    const earlier = { version: '1.0.0', table: [['case_id', 'race_ethnicity'], ...['C1', 'C2', 'C3'].map((id) => [id, 'Asian,White'])] };
    expect(await draftsAfter('DSC-008', [earlier], { case: table }, gate)).toEqual([]);
  });

  test('the first release is compared with nothing', async () => {
    const report = await judge({ case: caseTable(HEADER, [BEFORE]) }, { ...GATE, only: ['DSC-008'] });
    expect(report.checks).toMatchObject([{ status: 'not-applicable', reason: 'nothing was released before' }]);
  });
});
