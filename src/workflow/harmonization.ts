import { loadLoincTable } from '../catalog/mend-loinc.js';
import type { Catalog } from '../catalog/catalog.js';
import { columnMending, type HarmonizationPlan } from '../clinical/harmonization/plan.js';
import { CurationError } from '../errors.js';
import { LOINC_TABLE_VERSION, studyMappings } from '../facts/study-descriptions.js';
import type { HarmonizationCount, HarmonizationReport, PublishedHarmonization } from '../model/harmonization.js';
import type { ColumnMending } from '../model/mending.js';
import { loadHarmonization } from '../workspace/harmonization.js';
import { loadWithdrawals } from '../workspace/workspace.js';
import type { CaseContext } from './case-rules.js';
import type { Session } from './session.js';

/** Puts the table of study descriptions where the rules and `study_loinc` of the catalog look it up. */
export async function loadStudyMappings(catalog: Catalog): Promise<void> {
  const single = new Map(studyMappings().flatMap(({ modalities, description, code, name }) => modalities.map((modality) => [JSON.stringify([modality, description, code]), { modality, description, code, name }] as const)));
  await loadLoincTable(catalog, LOINC_TABLE_VERSION, single.values());
}

/** How PatientID is mended where it meets a case; null when no rule is about the column that it meets. */
export function patientIdMending(plan: HarmonizationPlan | null): ColumnMending | null {
  if (plan === null || plan.patient === null) return null;
  const mending = columnMending(plan, plan.patient, [], ',');
  return mending === null ? null : { ...mending, column: 'PatientID' };
}

/**
 * A withdrawal by the spelling that rules mend would withdraw nobody.
 * @throws {CurationError} CONFIG_INVALID
 */
export function assertWithdrawalsMeet({ workspace }: Session, plan: HarmonizationPlan | null, { cases }: CaseContext): void {
  const mending = plan === null || cases === null ? null : columnMending(plan, { table: cases.table, column: cases.key }, [], ',');
  if (mending === null) return;
  const torn = loadWithdrawals(workspace).flatMap(({ case_id, replacement }) => [case_id, ...(typeof replacement === 'string' ? [replacement] : [])]).filter((id) => mending.mend(id) !== null);
  if (torn.length === 0) return;
  throw new CurationError('CONFIG_INVALID', `${workspace.paths.withdrawals}: ${torn.length === 1 ? 'a case id is' : `${torn.length} case ids are`} written as before the rules of \`harmonize\`, which mend the keys of cases: it would withdraw nobody.`, {
    suggestions: ['Write case ids as they are in the catalog: colophon query "SELECT case_id FROM case_"'],
  });
}

/**
 * Fails when the tables in the catalog were made by other rules than those that are declared now.
 * @throws {CurationError} CATALOG_STALE
 */
export async function assertMendedAsDeclared({ catalog, workspace, pack }: Session): Promise<void> {
  const digest = loadHarmonization(workspace, pack)?.digest ?? null;
  const [row] = await catalog.all<{ stale: boolean }>(
    `SELECT EXISTS (FROM table_file WHERE status = 'loaded' AND coalesce(nullif(regexp_extract(schema_digest, ' mended ([0-9a-f]+)$', 1), ''), 'none') <> ?) AS stale`,
    [digest ?? 'none'],
  );
  if (row?.stale !== true) return;
  throw new CurationError('CATALOG_STALE', 'The rules of `harmonize` changed since the tables were pulled.', { suggestions: ['Run: colophon pull'] });
}

/** What the rules in force did to the tables in the catalog; null when there is none. */
export async function reportHarmonization({ catalog }: Session, plan: HarmonizationPlan | null): Promise<HarmonizationReport | null> {
  if (plan === null) return null;
  const rules = await catalog.all<HarmonizationCount>(`
    SELECT table_name AS "table", column_name AS "column", rule, outcome, sum(row_count)::BIGINT AS cells
    FROM harmonization GROUP BY ALL ORDER BY ALL`);
  const [unmapped] = await catalog.all<{ descriptions: number; rows: number }>('SELECT count(*) AS descriptions, coalesce(sum(row_count), 0)::BIGINT AS rows FROM unmapped');
  return {
    sets: [...plan.sets],
    digest: plan.digest,
    loinc_table: LOINC_TABLE_VERSION,
    rules,
    idle: await idleRules(catalog, plan),
    unmapped: maps(plan) ? (unmapped ?? { descriptions: 0, rows: 0 }) : null,
  };
}

/** Rules of colophon.yaml for columns that no loaded table has: most likely misspelt. */
async function idleRules(catalog: Catalog, { rules }: HarmonizationPlan): Promise<string[]> {
  const loaded = await catalog.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table');
  const idle = rules.filter(({ id, table, column }) => id.startsWith('own/') && !loaded.some((each) => (table === '*' || table === each.table_name) && each.columns.includes(column)));
  return idle.map(({ id, table, column }) => `${table}.${column}: ${id}`).sort();
}

function maps({ rules }: HarmonizationPlan): boolean {
  return rules.some(({ rule }) => rule.kind === 'loinc');
}

/** The rules in force, as release.json states them; undefined when there is none. */
export function publishedHarmonization(plan: HarmonizationPlan | null): PublishedHarmonization | undefined {
  if (plan === null) return undefined;
  return { sets: [...plan.sets], digest: plan.digest, ...(maps(plan) ? { loinc_table: LOINC_TABLE_VERSION } : {}) };
}
