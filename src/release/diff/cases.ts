import type { Catalog } from '../../catalog/catalog.js';
import { change, type InsertChanges } from './change-row.js';
import type { Side } from './side.js';
import { toldWithdrawn } from '../candidate/tombstones.js';

/**
 * Tells which cases are new, gone or known under another id, and leaves three tables for the levels below:
 * `candidate_common` (case_id, differs), the cases of both sides; `candidate_withdrawn` (case_id), of which nothing more is
 * told; and `candidate_case_map` (before_case, after_case), where what a case held is looked for on the other side.
 * @returns cases of both sides whose content digest differs
 */
export async function diffCases(catalog: Catalog, before: Side, after: Side, insert: InsertChanges): Promise<number> {
  const [a, b] = [before.own('cases'), after.own('cases')];
  await catalog.run(`CREATE OR REPLACE TABLE candidate_common AS
    SELECT x.case_id, x.digest IS DISTINCT FROM y.digest AS differs FROM ${a} AS x JOIN ${b} AS y USING (case_id)`);
  await catalog.run(`CREATE OR REPLACE TABLE candidate_withdrawn AS
    SELECT case_id FROM ${toldWithdrawn(after, before)} UNION SELECT case_id FROM ${toldWithdrawn(before, after)}`);
  await insert(`
    SELECT CASE WHEN t.reason = 'duplicate' AND t.replacement IS NOT NULL THEN 'case-merged' ELSE 'case-withdrawn' END,
      x.case_id, NULL, NULL, NULL, NULL, CASE WHEN t.reason = 'duplicate' THEN coalesce(t.replacement, t.reason) ELSE t.reason END
    FROM ${a} AS x JOIN ${toldWithdrawn(before, after)} AS t USING (case_id) WHERE x.case_id NOT IN (SELECT case_id FROM candidate_common)`);
  await followStudies(catalog, before, after);
  await insert('SELECT rule, case_id, NULL, NULL, NULL, NULL, target FROM candidate_fate');
  await insert(
    change('case-added', { case_id: 'case_id' }, `FROM ${b} WHERE case_id NOT IN (SELECT case_id FROM candidate_common)
      AND case_id NOT IN (SELECT target FROM candidate_fate WHERE rule = 'case-renamed')`),
  );
  await catalog.run(`CREATE OR REPLACE TABLE candidate_case_map AS
    SELECT case_id AS before_case, case_id AS after_case FROM candidate_common
    UNION ALL SELECT case_id, target FROM candidate_fate WHERE rule IN ('case-renamed', 'case-merged')`);
  const [changed] = await catalog.all<{ n: number }>('SELECT count(*) AS n FROM candidate_common WHERE differs');
  return changed?.n ?? 0;
}

/**
 * `candidate_fate` (case_id, rule, target): what became of cases that are gone without having been withdrawn. The studies
 * tell: all in one case that is new means another id, all in a case that was there or that others went to means merged, all
 * in several cases means split. A case whose studies are not all found again, or that had none, was removed.
 */
async function followStudies(catalog: Catalog, before: Side, after: Side): Promise<void> {
  const [a, b] = [before.own('studies'), after.own('studies')];
  await catalog.run(`CREATE OR REPLACE TABLE candidate_fate AS
    WITH gone AS (
      SELECT case_id FROM ${before.own('cases')}
      WHERE case_id NOT IN (SELECT case_id FROM candidate_common) AND case_id NOT IN (SELECT case_id FROM candidate_withdrawn)),
    lost AS (SELECT case_id, StudyInstanceUID FROM ${a} SEMI JOIN gone USING (case_id)),
    -- a study that two cases have tells of neither
    found AS (
      SELECT StudyInstanceUID, min(case_id) AS case_id FROM ${b} AS y SEMI JOIN lost USING (StudyInstanceUID)
      WHERE y.case_id NOT IN (SELECT case_id FROM candidate_withdrawn) GROUP BY StudyInstanceUID HAVING count(*) = 1),
    target AS (
      SELECT lost.case_id, count(*) = count(found.case_id) AS whole, count(DISTINCT found.case_id) AS targets, min(found.case_id) AS target,
        string_agg(DISTINCT found.case_id, ', ' ORDER BY found.case_id) AS listed
      FROM lost LEFT JOIN found USING (StudyInstanceUID) GROUP BY lost.case_id),
    judged AS (
      SELECT gone.case_id, CASE
          WHEN target.whole IS NOT TRUE THEN 'case-removed'
          WHEN target.targets > 1 THEN 'case-split'
          WHEN target.target IN (SELECT case_id FROM candidate_common) OR count(*) OVER (PARTITION BY target.whole, target.targets = 1, target.target) > 1 THEN 'case-merged'
          ELSE 'case-renamed' END AS rule, target.target, target.listed
      FROM gone LEFT JOIN target USING (case_id))
    SELECT case_id, rule, CASE rule WHEN 'case-removed' THEN NULL WHEN 'case-split' THEN listed ELSE target END AS target FROM judged`);
}
