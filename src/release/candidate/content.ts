import { quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { caseRanges } from './case-ranges.js';
import type { CandidateTable } from './table.js';

/**
 * The content hashes of a candidate, computed where the rows are: fixity/content-hash.ts in SQL (a test holds the two
 * against each other). Fills candidate_series, candidate_study and candidate_case; returns the roots.
 * @param imagesAPass how many images are looked at at once; changes nothing but the memory
 */
export async function hashContent(
  catalog: Catalog,
  datasetId: string,
  tables: readonly CandidateTable[],
  md5: boolean,
  imagesAPass = IMAGES_A_PASS,
): Promise<{ content: string; contentMd5: string | null }> {
  await hashImages(catalog, md5, imagesAPass);
  await gatherChildren(catalog, tables);
  await catalog.run(`
    CREATE TABLE candidate_case AS
    SELECT c.case_id, ${node("'case'", 'c.case_id', 'child.digests')} AS digest, coalesce(s.md5, md5('')) AS md5,
      coalesce(s.studies, 0)::BIGINT AS studies, coalesce(s.series, 0)::BIGINT AS series, coalesce(s.instances, 0)::BIGINT AS instances,
      coalesce(s.size_bytes, 0)::BIGINT AS size_bytes
    FROM case_ AS c
    LEFT JOIN (SELECT case_id, ${joined('digest')} AS digests FROM candidate_child WHERE case_id IS NOT NULL GROUP BY case_id) AS child USING (case_id)
    LEFT JOIN (
      SELECT case_id, ${digestOfSorted('md5')} AS md5, count(*) AS studies, sum(series) AS series, sum(instances) AS instances, sum(size_bytes) AS size_bytes
      FROM candidate_study GROUP BY case_id) AS s USING (case_id)
    WHERE c.status = 'accepted'`);
  const [root] = await catalog.all<{ content: string; md5: string }>(`
    SELECT ${node("'release'", quoteLiteral(datasetId), joined('digest'))} AS content, (SELECT coalesce(${digestOfSorted('md5')}, md5('')) FROM candidate_case) AS md5
    FROM (SELECT digest FROM candidate_case UNION ALL SELECT digest FROM candidate_child WHERE case_id IS NULL)`);
  if (root === undefined) throw new Error('an aggregate without GROUP BY has one row');
  return { content: root.content, contentMd5: md5 ? root.md5 : null };
}

/** Images of one pass: what an aggregate sorts is held in memory and never spilled, some 300 bytes each. */
const IMAGES_A_PASS = 500_000;

/** Fills candidate_series, some cases at a time, and candidate_study. */
async function hashImages(catalog: Catalog, md5: boolean, imagesAPass: number): Promise<void> {
  await catalog.run(`CREATE TABLE candidate_series AS ${selectSeries(md5, 'false')}`);
  for (const { first, last } of await caseRanges(catalog, imagesAPass))
    await catalog.run(`INSERT INTO candidate_series ${selectSeries(md5, `case_id BETWEEN ${quoteLiteral(first)} AND ${quoteLiteral(last)}`)}`);
  await catalog.run(`
    CREATE TABLE candidate_study AS
    SELECT case_id, StudyInstanceUID, ${node("'study'", 'StudyInstanceUID', joined('digest'))} AS digest, ${digestOfSorted('md5')} AS md5,
      list_sort(list(DISTINCT Modality) FILTER (Modality <> '')) AS modalities,
      count(*) AS series, sum(instances)::BIGINT AS instances, sum(size_bytes)::BIGINT AS size_bytes
    FROM candidate_series GROUP BY case_id, StudyInstanceUID`);
}

/** The series of the images that a condition holds for. */
function selectSeries(md5: boolean, condition: string): string {
  const instance = node("'instance'", 'SOPInstanceUID', 'sha256');
  return `
    SELECT case_id, StudyInstanceUID, SeriesInstanceUID, ${node("'series'", 'SeriesInstanceUID', joined('digest'))} AS digest,
      ${md5 ? digestOfSorted('md5') : 'NULL::VARCHAR'} AS md5, CASE WHEN count(DISTINCT Modality) = 1 THEN min(Modality) END AS Modality,
      count(*) AS instances, sum(size_bytes)::BIGINT AS size_bytes
    FROM (SELECT *, ${instance} AS digest FROM candidate_instance WHERE ${condition})
    GROUP BY case_id, StudyInstanceUID, SeriesInstanceUID`;
}

/** `candidate_child` (case_id, digest): what hangs below each case, and with case_id NULL what hangs below the root itself. */
async function gatherChildren(catalog: Catalog, tables: readonly CandidateTable[]): Promise<void> {
  const names = tables.map(({ table }) => quoteLiteral(table)).join(', ') || "''";
  await catalog.run(`
    CREATE TABLE candidate_child AS
    SELECT case_id, digest FROM candidate_study
    UNION ALL
    SELECT c.case_id, r.digest FROM candidate_row AS r
    LEFT JOIN (SELECT DISTINCT table_name, source, source_row, case_id FROM row_case WHERE table_name IN (${names})) AS c
      ON c.table_name = r.table_name AND c.source = r.source AND c.source_row = r.source_row
    UNION ALL
    SELECT case_id, ${assignmentDigest('split', 'part', 'case_id')} FROM candidate_split`);
}

/** SQL of the digest of an assignment: contentDigest('assignment', split, [contentDigest('part', part, [sha256(case_id)])]). */
export function assignmentDigest(split: string, part: string, caseId: string): string {
  return node("'assignment'", split, node("'part'", part, `sha256(${caseId})`));
}

/** SQL of a node: `children` is the joined text of its sorted child digests, or NULL when it has none. */
export function node(level: string, id: string, children: string): string {
  return `sha256(${level} || '|' || replace(replace(${id}, '%', '%25'), '|', '%7C') || coalesce('|' || ${children}, ''))`;
}

/** SQL aggregate: digests in order of their hex digits, joined. */
export function joined(column: string): string {
  return `string_agg(${column}, '|' ORDER BY ${column})`;
}

/** SQL aggregate of the IDC form: md5 over the sorted md5s, joined without separator. */
function digestOfSorted(column: string): string {
  return `md5(string_agg(${column}, '' ORDER BY ${column}))`;
}
