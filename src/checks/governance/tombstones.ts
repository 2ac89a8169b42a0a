import type { Check, CheckInput, Coverage, FindingDraft, PublishedRelease } from '../check.js';
import { showName } from '../mask.js';
import { literal, RELEASED_IMAGES } from '../sql.js';

/** GOV-003: what the release before held and this one would not has a withdrawal. */
export const tombstoneCheck: Check = {
  codes: ['GOV-003'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const previous = input.releases.at(-1);
    const cases = previous?.tables.get('cases');
    if (previous === undefined || cases === undefined) return coverage.notApplicable('GOV-003', 'nothing was released before');
    const [count] = await input.catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${cases}`);
    coverage.looked('GOV-003', count?.n ?? 0);
    yield* missingCases(input, previous, cases);
    yield* missingFiles(input, previous);
  },
};

async function* missingCases({ catalog, governance }: CheckInput, { version, tables }: PublishedRelease, cases: string): AsyncGenerator<FindingDraft> {
  const tombstones = tables.get('tombstones');
  const explained = [
    ...governance.withdrawals.map(({ case_id }) => `SELECT ${literal(case_id)} AS case_id`),
    ...(tombstones === undefined ? [] : [`SELECT case_id FROM ${tombstones}`]),
    // An entry of withdrawals.yaml that pull has read.
    "SELECT case_id FROM case_ WHERE status = 'withdrawn'",
  ];
  const sql = `
    SELECT p.case_id, c.status FROM ${cases} AS p LEFT JOIN case_ AS c ON c.case_id = p.case_id
    WHERE coalesce(c.status, '') <> 'accepted' AND p.case_id NOT IN (${explained.join(' UNION ALL ')}) ORDER BY p.case_id`;
  for await (const rows of catalog.stream<{ case_id: string; status: string | null }>(sql))
    for (const { case_id, status } of rows)
      yield {
        code: 'GOV-003',
        message: `The case was in release ${version} and is gone without a withdrawal.`,
        location: { kind: 'case', key: showName(case_id) },
        hint: 'colophon release withdraw CASE --reason REASON; or bring its row back and pull again.',
        expected: 'the case, or an entry in withdrawals.yaml',
        found: status === null ? 'no trace of the case' : `a case that is ${status}`,
        content: case_id,
      };
}

/** Files of cases that stay: a release has tombstones of cases only, so somebody has to look. */
async function* missingFiles({ catalog }: CheckInput, { version, tables }: PublishedRelease): AsyncGenerator<FindingDraft> {
  const instances = tables.get('instances');
  if (instances === undefined) return;
  const sql = `
    SELECT p.case_id, count(*) AS n, string_agg(p.SOPInstanceUID, ' ' ORDER BY p.SOPInstanceUID) AS uids FROM ${instances} AS p JOIN case_ AS c ON c.case_id = p.case_id AND c.status = 'accepted'
    WHERE NOT EXISTS (SELECT 1 FROM ${RELEASED_IMAGES} AS i WHERE i.SOPInstanceUID = p.SOPInstanceUID AND i.case_id = p.case_id)
    GROUP BY p.case_id ORDER BY p.case_id`;
  for await (const rows of catalog.stream<{ case_id: string; n: number; uids: string }>(sql))
    for (const { case_id, n, uids } of rows)
      yield {
        code: 'GOV-003',
        level: 'warning',
        message: `Images of the case that release ${version} held are gone, and the case stays.`,
        location: { kind: 'case', key: showName(case_id) },
        hint: 'Bring them back, or withdraw the case when they must not be used.',
        expected: 'the images of the release before',
        found: `${n} ${n === 1 ? 'image' : 'images'} fewer`,
        content: uids,
      };
}
