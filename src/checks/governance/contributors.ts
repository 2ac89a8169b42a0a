import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { literal, RELEASED_IMAGES } from '../sql.js';
import { caseTable } from './released-rows.js';

/**
 * GOV-012: the rows that make a case, and its images, come from sources of one contributor. A source that names none claims
 * nothing.
 */
export const contributorCheck: Check = {
  codes: ['GOV-012'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const named = input.config.sources.flatMap(({ name, contributor }) => (contributor === undefined ? [] : [{ name, contributor }]));
    if (new Set(named.map(({ contributor }) => contributor)).size < 2) return coverage.notApplicable('GOV-012', 'the sources do not name two contributors');
    if (input.acceptedCases === 0) return coverage.notApplicable('GOV-012', 'no case is accepted');
    coverage.looked('GOV-012', input.acceptedCases);
    for await (const rows of input.catalog.stream<{ case_id: string; contributors: string[]; sources: string[] }>(claimedTwice(input, named)))
      for (const { case_id, contributors, sources } of rows)
        yield {
          code: 'GOV-012',
          message: 'Two contributors claim the case.',
          location: { kind: 'case', key: showName(case_id) },
          hint: `It comes from the sources ${sources.map(showName).join(', ')}.`,
          expected: 'one contributor',
          found: contributors.map(showName).join(', '),
          content: contributors.join('\t'),
        };
  },
};

/** (case_id, contributors, sources) of the cases to be released that have more than one contributor. */
function claimedTwice(input: CheckInput, named: readonly { name: string; contributor: string }[]): string {
  const tables = [...new Set([caseTable(input)?.name, input.config.accept?.table].filter((name) => name !== undefined))];
  const contributors = named.map(({ name, contributor }) => `(${literal(name)}, ${literal(contributor)})`).join(', ');
  const claims = [
    ...(tables.length === 0 ? [] : [`SELECT case_id, source FROM row_case WHERE table_name IN (${tables.map(literal).join(', ')})`]),
    ...(input.images === 0 ? [] : [`SELECT case_id, source FROM ${RELEASED_IMAGES}`]),
  ];
  return `
    WITH contributor(source, contributor) AS (VALUES ${contributors}),
      claim AS (SELECT DISTINCT case_id, source FROM (${claims.length === 0 ? "SELECT '' AS case_id, '' AS source" : claims.join(' UNION ALL ')}))
    SELECT claim.case_id, list_sort(list(DISTINCT contributor.contributor)) AS contributors, list_sort(list(DISTINCT claim.source)) AS sources
    FROM claim JOIN contributor ON contributor.source = claim.source JOIN case_ ON case_.case_id = claim.case_id AND case_.status = 'accepted'
    GROUP BY claim.case_id HAVING count(DISTINCT contributor.contributor) > 1 ORDER BY claim.case_id`;
}
