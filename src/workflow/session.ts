import { refreshCases } from '../catalog/cases.js';
import { Catalog } from '../catalog/catalog.js';
import { refreshRowCases } from '../catalog/row-cases.js';
import { loadPack } from '../clinical/pack.js';
import type { Effects } from '../effects.js';
import { CurationError, EXIT } from '../errors.js';
import type { SchemaPack } from '../model/clinical.js';
import { withLock } from '../workspace/lock.js';
import { sourceFolder, tableSources } from '../workspace/source-folders.js';
import { loadWithdrawals, schemaFolder, type Workspace } from '../workspace/workspace.js';
import { loadHarmonization } from '../workspace/harmonization.js';
import { caseContext, caseRules, type CaseContext } from './case-rules.js';
import { assertMendedAsDeclared, assertWithdrawalsMeet, patientIdMending } from './harmonization.js';
import { recordRun } from './run-record.js';
import { refreshModels } from './tag-models.js';

/** How long a command waits for another one in the same workspace, in ms. */
const LOCK_WAIT_MS = 10 * 60 * 1000;

/** An opened workspace with its catalog, locked against every other command that writes. */
export interface Session {
  workspace: Workspace;
  catalog: Catalog;
  /** The clinical schemas; null for `schema: none`. */
  pack: SchemaPack | null;
}

/**
 * Runs `work` with the catalog of the workspace open and the workspace locked. A summary of it stays in the catalog (`runs`).
 * @param doing what is being done, a gerund, for whoever has to wait
 * @param exitStatus which exit status a result stands for; 0 when absent
 * @throws {CurationError} LOCKED, CATALOG_*, SCHEMA_INVALID, and whatever `work` throws
 */
export async function withSession<T>(workspace: Workspace, doing: string, effects: Effects, work: (session: Session) => Promise<T>, exitStatus: (result: T) => number = () => EXIT.done): Promise<T> {
  const folder = schemaFolder(workspace);
  const pack = folder === null ? null : loadPack(folder);
  return withLock(workspace.paths.lock, { doing, waitMs: LOCK_WAIT_MS, onWait: (message) => effects.warn(message) }, async () => {
    const catalog = await Catalog.open(workspace.paths.catalog, { folders: openFolders(workspace), memory: workspace.memory });
    try {
      return await recordRun(catalog, { doing, exitStatus }, effects, () => work({ workspace, catalog, pack }));
    } finally {
      catalog.close();
    }
  });
}

/** What SQL may touch: table sources to load, staging to write tables into, releases to compare with. */
function openFolders(workspace: Workspace): string[] {
  const { config, paths } = workspace;
  return [...tableSources(config).map((source) => sourceFolder(workspace, source)), paths.staging, paths.releases];
}

/** Brings `case_`, `instance.case_id`, `row_case` and `configured_model` up to date with configuration and withdrawals. */
export async function refreshCaseTables(session: Session): Promise<CaseContext> {
  const { workspace, catalog, pack } = session;
  const plan = loadHarmonization(workspace, pack);
  const rows = await catalog.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table');
  const context = caseContext(workspace.config, pack, new Map(rows.map(({ table_name, columns }) => [table_name, columns])));
  assertWithdrawalsMeet(session, plan, context);
  await refreshCases(catalog, { ...caseRules(workspace.config, context, loadWithdrawals(workspace)), patientId: patientIdMending(plan) });
  if (context.cases !== null) await refreshRowCases(catalog, context.cases.table, context.lineage);
  await refreshModels(catalog, workspace);
  return context;
}

/**
 * Fails when nothing was ever pulled: an empty catalog would pass every check.
 * @throws {CurationError} CATALOG_EMPTY; CATALOG_STALE when `harmonize` changed since
 */
export async function requirePull(session: Session): Promise<void> {
  const { catalog, workspace } = session;
  const rows = await catalog.all<{ pulled: boolean }>('SELECT EXISTS (FROM instance) OR EXISTS (FROM table_file) AS pulled');
  if (rows[0]?.pulled !== true)
    throw new CurationError('CATALOG_EMPTY', `Nothing was pulled into this workspace yet: ${workspace.root}`, { suggestions: ['Run: colophon pull'] });
  await assertMendedAsDeclared(session);
}
