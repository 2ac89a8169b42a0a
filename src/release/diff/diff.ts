import type { Catalog } from '../../catalog/catalog.js';
import type { AmendedCase } from '../../model/amendment.js';
import type { ChangeRule } from '../../model/release-diff.js';
import { change, CHANGE_COLUMNS, changeOf, type InsertChanges } from './change-row.js';
import { diffAbout } from './about.js';
import { diffCases } from './cases.js';
import { diffClinical } from './clinical.js';
import { diffImages } from './images.js';
import { diffTags } from './tags.js';
import { tellUntold } from './untold.js';
import { redactHidden } from './redaction.js';
import type { Side } from './side.js';
import { fillAnnounced } from '../candidate/tombstones.js';

/** Changes counted by rule. */
export type ChangeCounts = Partial<Record<ChangeRule, number>>;

/** What a comparison found; the changes themselves are in `candidate_change`. */
export interface DiffOutcome {
  counts: ChangeCounts;
  total: number;
  /** Cases on both sides whose content digest differs. */
  changedCases: number;
}

/** An empty `candidate_change`: what the first release says of changes. */
export async function createChanges(catalog: Catalog): Promise<void> {
  await catalog.run(`CREATE OR REPLACE TABLE candidate_change (${CHANGE_COLUMNS.map((name) => `"${name}" VARCHAR`).join(', ')})`);
}

/**
 * Compares two sides where their rows are, and writes every change into `candidate_change`. Content digests lead the way
 * down: only what differs above is looked at below. No image is read.
 * @param announced withdrawn cases that amendments tell of: the tombstones of `after` may name them by a digest that they had later
 */
export async function diffSides(catalog: Catalog, before: Side, after: Side, announced: readonly AmendedCase[] = []): Promise<DiffOutcome> {
  await createChanges(catalog);
  await fillAnnounced(catalog, announced);
  const insert: InsertChanges = (select) => catalog.run(`INSERT INTO candidate_change ${select}`);
  const changedCases = await diffCases(catalog, before, after, insert);
  await diffImages(catalog, before, after, insert);
  await diffClinical(catalog, before.clinical, after.clinical, insert);
  await diffSplits(before, after, insert);
  await diffTags(catalog, tagsOf(before), tagsOf(after), insert);
  for (const each of diffAbout(before.about, after.about)) await insert(changeOf(each));
  await tellUntold(catalog, before, after, insert);
  await redactHidden(catalog, [before, after]);
  const counts = await countChanges(catalog);
  return { counts, total: Object.values(counts).reduce((sum, count) => sum + count, 0), changedCases };
}

async function countChanges(catalog: Catalog): Promise<ChangeCounts> {
  const rows = await catalog.all<{ rule: ChangeRule; n: number }>('SELECT rule, count(*) AS n FROM candidate_change GROUP BY rule ORDER BY rule');
  return Object.fromEntries(rows.map(({ rule, n }) => [rule, n]));
}

async function diffSplits(before: Side, after: Side, insert: InsertChanges): Promise<void> {
  const [a, b] = [before.own('splits'), after.own('splits')];
  const names = (relation: string): string => `(SELECT DISTINCT split FROM ${relation})`;
  await insert(change('split-removed', { key: 'split' }, `FROM ${names(a)} WHERE split NOT IN ${names(b)}`));
  await insert(change('split-added', { key: 'split' }, `FROM ${names(b)} WHERE split NOT IN ${names(a)}`));
  const both = `SEMI JOIN (${names(a)} INTERSECT ${names(b)}) AS both_sides USING (split)`;
  // A case with another id is in the split under that; one that was merged is in it already, or not.
  const renamed = `SELECT case_id AS before_case, target AS after_case FROM candidate_fate WHERE rule = 'case-renamed'`;
  const known = `(SELECT case_id AS before_case, case_id AS after_case FROM candidate_common UNION ALL ${renamed})`;
  const x = `(SELECT split, k.after_case AS case_id, part FROM ${a} AS s JOIN ${known} AS k ON k.before_case = s.case_id ${both})`;
  const y = `(SELECT split, case_id, part FROM ${b} AS s SEMI JOIN ${known} AS k ON k.after_case = s.case_id ${both})`;
  const at = { case_id: 'x.case_id', key: 'x.split' };
  await insert(change('assignment-removed', { ...at, before: 'x.part' }, `FROM ${x} AS x ANTI JOIN ${y} AS y USING (split, case_id)`));
  await insert(change('assignment-added', { ...at, after: 'x.part' }, `FROM ${y} AS x ANTI JOIN ${x} AS y USING (split, case_id)`));
  await insert(change('assignment-moved', { ...at, before: 'x.part', after: 'y.part' }, `FROM ${x} AS x JOIN ${y} AS y USING (split, case_id) WHERE x.part <> y.part`));
}

function tagsOf(side: Side): { tags: string | null; instances: string } {
  return { tags: side.tags, instances: side.own('instances') };
}
