import { quoteLiteral, type Catalog } from '../catalog/catalog.js';
import type { Change, ChangeRule, ReleaseDiff } from '../model/release.js';
import { change, CHANGE_COLUMNS } from './change-row.js';
import { diffAbout } from './diff-about.js';
import { diffClinical } from './diff-clinical.js';
import { diffTags } from './diff-tags.js';
import type { Side } from './side.js';
import { toldWithdrawn } from './tombstones.js';
import { VERSION_RULES } from './version.js';

/** Changes counted by rule. */
export type ChangeCounts = Partial<Record<ChangeRule, number>>;

/** What a comparison found; the changes themselves are in `candidate_change`. */
export interface DiffOutcome {
  counts: ChangeCounts;
  total: number;
  /** Cases on both sides whose content digest differs. */
  changedCases: number;
}

/** The rules that speak of content; the others speak of what is around it. */
const ABOUT_RULES: readonly ChangeRule[] = ['license-stricter', 'license-looser', 'schema-changed', 'policy-changed', 'metadata-changed'];

/** An empty `candidate_change`: what the first release says of changes. */
export async function createChanges(catalog: Catalog): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE candidate_change (${CHANGE_COLUMNS.map((name) => `"${name}" VARCHAR`).join(', ')})`);
}

/**
 * Compares two sides where their rows are, and writes every change into `candidate_change`. Content digests lead the way
 * down: only what differs above is looked at below.
 */
export async function diffSides(catalog: Catalog, before: Side, after: Side): Promise<DiffOutcome> {
  await createChanges(catalog);
  const insert = (select: string): Promise<number> => catalog.run(`INSERT INTO candidate_change ${select}`);
  const changedCases = await diffCases(catalog, before, after, insert);
  await diffImages(catalog, before, after, insert);
  await diffClinical(catalog, before.clinical, after.clinical, insert);
  await diffSplits(before, after, insert);
  await diffTags(catalog, tagsOf(before), tagsOf(after), insert);
  for (const change of diffAbout(before.about, after.about)) await insert(`SELECT ${CHANGE_COLUMNS.map((name) => literal(change[name])).join(', ')}`);
  await tellUntold(before, after, insert);
  const counts = await countChanges(catalog);
  return { counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0), changedCases };
}

/**
 * The content digests have the last word: a case whose digest differs though no change was found in it, e.g. because a
 * row leads to other cases by another configuration, must not pass for unchanged.
 */
async function tellUntold(before: Side, after: Side, insert: Insert): Promise<void> {
  const aboutRules = ABOUT_RULES.map((rule) => quoteLiteral(rule)).join(', ');
  const told = `SELECT 1 FROM candidate_change AS told WHERE told.rule NOT IN (${aboutRules})`;
  await insert(
    change('content-changed', { case_id: 'c.case_id', before: 'x.digest', after: 'y.digest' }, `
      FROM candidate_common AS c JOIN ${before.own('cases')} AS x USING (case_id) JOIN ${after.own('cases')} AS y USING (case_id)
      WHERE c.differs AND NOT EXISTS (${told} AND told.case_id IS NOT DISTINCT FROM c.case_id) AND NOT EXISTS (${told} AND told.case_id IS NULL)`),
  );
  if (before.about.content === after.about.content) return;
  const roots = { key: "'digests.content'", before: literal(before.about.content), after: literal(after.about.content) };
  await insert(change('content-changed', roots, `WHERE NOT EXISTS (${told})`));
}

/** The first changes: gravest rule first, then in the order of the changes table. */
export async function readChanges(catalog: Catalog, limit: number): Promise<ReleaseDiff['changes']> {
  const rules = VERSION_RULES.map(({ rule }) => quoteLiteral(rule)).join(', ');
  const order = CHANGE_COLUMNS.map((name) => `"${name}" ASC NULLS FIRST`).join(', ');
  return catalog.all<Change>(`SELECT * FROM candidate_change ORDER BY list_position([${rules}], rule), ${order} LIMIT ${Math.trunc(limit)}`);
}

async function countChanges(catalog: Catalog): Promise<ChangeCounts> {
  const rows = await catalog.all<{ rule: ChangeRule; n: number }>('SELECT rule, count(*) AS n FROM candidate_change GROUP BY rule ORDER BY rule');
  return Object.fromEntries(rows.map(({ rule, n }) => [rule, n]));
}

type Insert = (select: string) => Promise<number>;

async function diffCases(catalog: Catalog, before: Side, after: Side, insert: Insert): Promise<number> {
  const [a, b] = [before.own('cases'), after.own('cases')];
  await catalog.run(`CREATE OR REPLACE TABLE candidate_common AS
    SELECT x.case_id, x.digest IS DISTINCT FROM y.digest AS differs FROM ${a} AS x JOIN ${b} AS y USING (case_id)`);
  await insert(`
    SELECT CASE WHEN t.case_id IS NULL THEN 'case-removed' WHEN t.reason = 'duplicate' AND t.replacement IS NOT NULL THEN 'case-merged' ELSE 'case-withdrawn' END,
      x.case_id, NULL, NULL, NULL, NULL, CASE WHEN t.reason = 'duplicate' THEN coalesce(t.replacement, t.reason) ELSE t.reason END
    FROM ${a} AS x LEFT JOIN ${toldWithdrawn(before, after)} AS t USING (case_id) WHERE x.case_id NOT IN (SELECT case_id FROM candidate_common)`);
  await insert(change('case-added', { case_id: 'case_id' }, `FROM ${b} WHERE case_id NOT IN (SELECT case_id FROM candidate_common)`));
  const [changed] = await catalog.all<{ n: number }>('SELECT count(*) AS n FROM candidate_common WHERE differs');
  return changed?.n ?? 0;
}

/** Studies of cases that differ, then series of studies that differ, then images of series that differ. */
async function diffImages(catalog: Catalog, before: Side, after: Side, insert: Insert): Promise<void> {
  const levels = [
    { what: 'study', table: 'studies', uid: 'StudyInstanceUID', above: ['case_id'], digest: 'digest' },
    { what: 'series', table: 'series', uid: 'SeriesInstanceUID', above: ['case_id', 'StudyInstanceUID'], digest: 'digest' },
    { what: 'instance', table: 'instances', uid: 'SOPInstanceUID', above: ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID'], digest: 'sha256' },
  ] as const;
  let parent = "(SELECT case_id FROM candidate_common WHERE differs)";
  for (const { what, table, uid, above, digest } of levels) {
    const columns = [...above, uid, digest].join(', ');
    for (const [side, suffix] of [[before, 'before'], [after, 'after']] as const)
      await catalog.run(`CREATE OR REPLACE TABLE candidate_${suffix} AS SELECT ${columns} FROM ${side.own(table)} SEMI JOIN ${parent} AS parent USING (${above.join(', ')})`);
    const keys = [...above, uid].join(', ');
    const at = { case_id: 'x.case_id', key: `x.${uid}` };
    await insert(change(`${what}-removed`, { ...at, before: `x.${digest}` }, `FROM candidate_before AS x ANTI JOIN candidate_after AS y USING (${keys})`));
    await insert(change(`${what}-added`, { ...at, after: `x.${digest}` }, `FROM candidate_after AS x ANTI JOIN candidate_before AS y USING (${keys})`));
    const both = `FROM candidate_before AS x JOIN candidate_after AS y USING (${keys}) WHERE x.${digest} IS DISTINCT FROM y.${digest}`;
    if (what === 'instance') await insert(change('instance-changed', { ...at, before: 'x.sha256', after: 'y.sha256' }, both));
    else await catalog.run(`CREATE OR REPLACE TABLE candidate_differs_${what} AS SELECT x.* EXCLUDE (${digest}) ${both}`);
    parent = `candidate_differs_${what}`;
  }
}

async function diffSplits(before: Side, after: Side, insert: Insert): Promise<void> {
  const [a, b] = [before.own('splits'), after.own('splits')];
  const names = (relation: string): string => `(SELECT DISTINCT split FROM ${relation})`;
  await insert(change('split-removed', { key: 'split' }, `FROM ${names(a)} WHERE split NOT IN ${names(b)}`));
  await insert(change('split-added', { key: 'split' }, `FROM ${names(b)} WHERE split NOT IN ${names(a)}`));
  const known = 'SEMI JOIN candidate_common USING (case_id)';
  const both = `SEMI JOIN (${names(a)} INTERSECT ${names(b)}) AS both_sides USING (split)`;
  const [x, y] = [a, b].map((relation) => `(SELECT split, case_id, part FROM ${relation} ${known} ${both})`) as [string, string];
  const at = { case_id: 'x.case_id', key: 'x.split' };
  await insert(change('assignment-removed', { ...at, before: 'x.part' }, `FROM ${x} AS x ANTI JOIN ${y} AS y USING (split, case_id)`));
  await insert(change('assignment-added', { ...at, after: 'x.part' }, `FROM ${y} AS x ANTI JOIN ${x} AS y USING (split, case_id)`));
  await insert(change('assignment-moved', { ...at, before: 'x.part', after: 'y.part' }, `FROM ${x} AS x JOIN ${y} AS y USING (split, case_id) WHERE x.part <> y.part`));
}

function tagsOf(side: Side): { tags: string | null; instances: string } {
  return { tags: side.tags, instances: side.own('instances') };
}

function literal(text: string | null): string {
  return text === null ? 'NULL' : quoteLiteral(text);
}
