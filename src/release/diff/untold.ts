import { quoteIdentifier, quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import type { ChangeRule } from '../../model/release-diff.js';
import { change, literalOrNull, type InsertChanges } from './change-row.js';
import type { ClinicalSide, Side } from './side.js';

/** The rules that speak of what is around the content; a content digest that differs is not explained by them. */
const ABOUT_RULES: readonly ChangeRule[] = ['license-stricter', 'license-looser', 'unit-changed', 'schema-changed', 'dictionary-changed', 'policy-changed', 'metadata-changed'];

/** The rules that speak of a whole table or column. */
const TABLE_RULES: readonly ChangeRule[] = ['table-added', 'table-removed', 'column-added', 'column-removed', 'column-renamed', 'column-retyped'];

/**
 * The content digests have the last word: a case whose digest differs though no change was found in it, e.g. because a
 * row leads to other cases by another configuration, must not pass for unchanged.
 */
export async function tellUntold(catalog: Catalog, before: Side, after: Side, insert: InsertChanges): Promise<void> {
  const told = `FROM candidate_change WHERE rule NOT IN (${listRules(ABOUT_RULES)})`;
  if (!(await isAnyCaseTold(catalog, before, after))) {
    await catalog.run(`INSERT INTO candidate_told SELECT DISTINCT case_id ${told} AND case_id IS NOT NULL`);
    await insert(
      change('content-changed', { case_id: 'c.case_id', before: 'x.digest', after: 'y.digest' }, `
        FROM candidate_common AS c JOIN ${before.own('cases')} AS x USING (case_id) JOIN ${after.own('cases')} AS y USING (case_id)
        WHERE c.differs AND c.case_id NOT IN (SELECT case_id FROM candidate_told)`),
    );
  }
  if (before.about.content === after.about.content || before.about.dataset.id !== after.about.dataset.id) return;
  const roots = { key: "'digests.content'", before: literalOrNull(before.about.content), after: literalOrNull(after.about.content) };
  await insert(change('content-changed', roots, `WHERE NOT EXISTS (SELECT 1 ${told})`));
}

/**
 * Adds to `candidate_told` the cases that a change of a whole table, column or split explains: those with rows in it. True
 * when a change may be in any case: rows that belong to several do not say to which.
 */
async function isAnyCaseTold(catalog: Catalog, before: Side, after: Side): Promise<boolean> {
  const rows = await catalog.all<{ rule: ChangeRule; table_name: string | null; key: string | null }>(
    `SELECT DISTINCT rule, table_name, CASE WHEN rule IN ('split-added', 'split-removed') THEN key END AS key FROM candidate_change
     WHERE case_id IS NULL AND rule NOT IN ('table-rekeyed', ${listRules(ABOUT_RULES)}) ORDER BY ALL`,
  );
  for (const { rule, table_name: table, key } of rows) {
    if (table === null) {
      for (const side of [before, after]) await catalog.run(`INSERT INTO candidate_told SELECT case_id FROM ${side.own('splits')} WHERE split = ${literalOrNull(key)}`);
      continue;
    }
    if (!TABLE_RULES.includes(rule)) return true;
    for (const side of [before.clinical.get(table), after.clinical.get(table)]) if (side !== undefined && !(await tellCasesOf(catalog, side))) return true;
  }
  return false;
}

/** False when some rows do not say which case they belong to. */
async function tellCasesOf(catalog: Catalog, { relation, columns }: ClinicalSide): Promise<boolean> {
  if (!columns.has('case_id')) return false;
  const column = quoteIdentifier('case_id');
  const [row] = await catalog.all<{ unknown: boolean }>(`SELECT EXISTS (FROM ${relation} WHERE ${column} IS NULL) AS "unknown"`);
  if (row?.unknown !== false) return false;
  await catalog.run(`INSERT INTO candidate_told SELECT DISTINCT ${column}::VARCHAR FROM ${relation}`);
  return true;
}

function listRules(rules: readonly ChangeRule[]): string {
  return rules.map((rule) => quoteLiteral(rule)).join(', ');
}
