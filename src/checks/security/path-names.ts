import { unpublishablePathReason } from '../../fixity/safe-path.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { RELEASED_IMAGES } from '../sql.js';

/** Names that no rule can object to: SQL passes over them. Shorter ones may be reserved on Windows. */
const PLAIN_NAME = '^[A-Za-z0-9_-]{5,128}$';
const PLAIN_UID = '^[0-9]+([.][0-9]+)*$';

/** Elements of the path of an image below its case, with what the release appends. */
const UIDS: readonly [column: string, suffix: string][] = [
  ['StudyInstanceUID', ''],
  ['SeriesInstanceUID', ''],
  ['SOPInstanceUID', '.dcm'],
];

/** SEC-101: case ids, UIDs and table names as elements of a path. Uniqueness of names is DUP-007. */
export const pathNameCheck: Check = {
  codes: ['SEC-101'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.acceptedCases + input.tables.length === 0) return coverage.notApplicable('SEC-101', 'there are no cases and no tables');
    coverage.looked('SEC-101', input.acceptedCases + input.tables.length);
    for (const { name } of input.tables) {
      const reason = elementReason(`clinical_${name}.parquet`);
      if (reason !== null) yield { ...draft('table name', reason, name), location: { kind: 'table', table: name } };
    }
    const cases = `SELECT case_id FROM case_ WHERE status = 'accepted' AND NOT regexp_full_match(case_id, '${PLAIN_NAME}') ORDER BY case_id`;
    for await (const rows of input.catalog.stream<{ case_id: string }>(cases))
      for (const { case_id: id } of rows) {
        const reason = elementReason(id);
        if (reason !== null) yield { ...draft('case id', reason, id), location: { kind: 'case', key: showName(id) } };
      }
    for (const [column, suffix] of UIDS) yield* judgeUids(input, coverage, column, suffix);
  },
};

async function* judgeUids({ catalog }: CheckInput, coverage: Coverage, column: string, suffix: string): AsyncGenerator<FindingDraft> {
  const [count] = await catalog.all<{ n: number }>(`SELECT count(${column}) AS n FROM ${RELEASED_IMAGES}`);
  coverage.looked('SEC-101', count?.n ?? 0);
  const odd = `
    SELECT ${column} AS uid, min({source: source, path: path}) AS first FROM ${RELEASED_IMAGES}
    WHERE ${column} <> '' AND NOT (regexp_full_match(${column}, '${PLAIN_UID}') AND length(${column}) <= 64) GROUP BY uid ORDER BY uid`;
  for await (const rows of catalog.stream<{ uid: string; first: { source: string; path: string } }>(odd))
    for (const { uid, first } of rows) {
      const reason = elementReason(uid + suffix);
      if (reason !== null) yield { ...draft(column, reason, uid), location: { kind: 'file', path: `${first.source}/${first.path}`, tag: column } };
    }
}

/** Why a name cannot be one element of a path. */
function elementReason(name: string): string | null {
  return name.includes('/') ? 'holds a slash' : unpublishablePathReason(name);
}

function draft(what: string, reason: string, name: string): Omit<FindingDraft, 'location'> {
  return {
    code: 'SEC-101',
    message: `The ${what} becomes part of a path and ${reason}.`,
    expected: 'a name that is harmless on every file system',
    found: `text of ${[...name].length} characters`,
    content: name,
  };
}
