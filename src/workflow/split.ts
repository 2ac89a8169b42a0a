import { join } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { SplitConfig } from '../model/config.js';
import { nearMiss } from '../model/near-miss.js';
import { expandSplits, findSplits } from '../model/split-repeats.js';
import type { ExtensionPlan } from '../model/split-extension.js';
import type { FreezeReportResult, Repeated, SplitReportResult } from '../model/split.js';
import type { Effort } from '../splits/search/effort.js';
import { readReference } from '../splits/reference/reference.js';
import { assignSplit, freezeSplit, previewSplit, reportSplit, type SplitOptions, type SplitReporting } from '../splits/run.js';
import type { Workspace } from '../workspace/workspace.js';
import { patientLink, type CaseContext } from './case-rules.js';
import { drawStatus, previewStatus, reportStatus } from './exit-status.js';
import { assertCommittedConfig, resolveSeed, withoutSecretSeed } from './seed-record.js';
import { refreshCaseTables, requirePull, withSession, type Session } from './session.js';

/** How a split is drawn. */
export interface DrawOptions {
  /** `high` searches several times as long for a better balance. */
  effort?: Effort;
}

/**
 * Draws a split of the workspace, or extends it around what is frozen; all its repeats when it has some.
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE, SPLIT_NOT_ASSIGNED, SPLIT_STALE when the
 *   configuration is not the one that a secret seed was committed with, SECRET_UNSAFE, CONFIG_INVALID, CATALOG_EMPTY
 */
export function assignWorkspaceSplit(workspace: Workspace, name: string, { effort = 'normal' }: DrawOptions = {}, effects: Effects = defaultEffects): Promise<SplitReportResult> {
  return withSplit(workspace, name, `assigning the split ${name}`, effects, async ({ catalog }, options) => {
    assertCommittedConfig(workspace, options.name);
    return withoutSecretSeed(workspace, await assignSplit(catalog, { ...options, effort }, effects));
  }, drawStatus);
}

/**
 * What drawing a split now would change; writes nothing.
 * @throws {CurationError} as `assignWorkspaceSplit`
 */
export function previewWorkspaceSplit(workspace: Workspace, name: string, { effort = 'normal' }: DrawOptions = {}, effects: Effects = defaultEffects): Promise<ExtensionPlan> {
  return withOneSplit(workspace, name, `trying the split ${name}`, effects, async ({ catalog }, options) => {
    assertCommittedConfig(workspace, options.name);
    const plan = await previewSplit(catalog, { ...options, effort }, effects);
    return { ...plan, after: withoutSecretSeed(workspace, plan.after) };
  }, previewStatus);
}

/**
 * Appends the last draw of a split to its record, for ever.
 * @param since date of freezing, YYYY-MM-DD; today by default
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_NOT_ASSIGNED, SPLIT_STALE, SPLIT_RECORD_TAMPERED
 */
export function freezeWorkspaceSplit(workspace: Workspace, name: string, since?: string, effects: Effects = defaultEffects): Promise<FreezeReportResult> {
  return withSplit(workspace, name, `freezing the split ${name}`, effects, ({ catalog }, options) =>
    freezeSplit(catalog, { ...options, ...(since === undefined ? {} : { since }) }, effects),
  );
}

/** What a report on a split is asked for beyond the balance. */
export interface SplitReportOptions {
  /** CSV or XLSX file with a reference population. */
  reference?: string;
  /** Random allocations of the permutation test; 0 for none. */
  permutations?: number;
  /** Columns to look at though they are not balanced, beside those that tell site, date or scanner. */
  observe?: readonly string[];
}

/**
 * Reports on a split as it stands, measured against the cases and values of now.
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_NOT_ASSIGNED, SPLIT_RECORD_TAMPERED; SOURCE_MISSING, SOURCE_UNREADABLE of the reference
 */
export async function reportWorkspaceSplit(
  workspace: Workspace,
  name: string,
  { reference, permutations, observe = [] }: SplitReportOptions = {},
  effects: Effects = defaultEffects,
): Promise<SplitReportResult> {
  const reporting: SplitReporting = {
    observe: { asked: observe, telling: true },
    ...(permutations === undefined ? {} : { permutations }),
    ...(reference === undefined ? {} : { reference: await readReference(reference) }),
  };
  return withSplit(workspace, name, `reporting on the split ${name}`, effects, async ({ catalog }, options) => withoutSecretSeed(workspace, await reportSplit(catalog, options, reporting)), reportStatus);
}

/** What the splits room needs to know of a split; `name` is that of a repeat when it is repeated. */
export function splitOptions(workspace: Workspace, context: CaseContext, name: string): SplitOptions {
  const { config, paths, root } = workspace;
  const split = expandSplits(config.splits).find((expanded) => expanded.name === name);
  if (split === undefined) throw unknownSplit(name, config);
  return { name, config: resolveSeed(workspace, split), folder: root, recordPath: join(paths.splits, `${name}.csv`), caseTable: context.cases?.table ?? null, patientLink: patientLink(config, context) };
}

/**
 * Runs `work` in a session with the cases up to date and the options of one split.
 * @param exitStatus which exit status a result stands for; 0 when absent
 */
export async function withSplit<T>(
  workspace: Workspace,
  name: string,
  doing: string,
  effects: Effects,
  work: (session: Session, options: SplitOptions) => Promise<T>,
  exitStatus?: (result: T | Repeated<T>) => number,
): Promise<T | Repeated<T>> {
  const found = findSplits(workspace.config.splits, name);
  if (found.length === 0) throw unknownSplit(name, workspace.config);
  return withSession(workspace, doing, effects, async (session) => {
    await requirePull(session);
    const context = await refreshCaseTables(session);
    const results: T[] = [];
    for (const split of found) results.push(await work(session, splitOptions(workspace, context, split.name)));
    return found[0]!.name === name ? results[0]! : { split: name, repeats: results };
  }, exitStatus);
}

/**
 * As `withSplit`, for what is done with one split only.
 * @throws {CurationError} USAGE when the name stands for several repeats
 */
export function withOneSplit<T>(workspace: Workspace, name: string, doing: string, effects: Effects, work: (session: Session, options: SplitOptions) => Promise<T>, exitStatus?: (result: T) => number): Promise<T> {
  const found = findSplits(workspace.config.splits, name);
  if (found.length > 1)
    throw new CurationError('USAGE', `${name} is drawn ${found.length} times, and this is about one split.`, { suggestions: [`Name one of them: ${found.map((split) => split.name).slice(0, 10).join(', ')}`] });
  return withSplit(workspace, found[0]?.name ?? name, doing, effects, work, exitStatus as ((result: T | Repeated<T>) => number) | undefined) as Promise<T>;
}

/**
 * The configuration of a split, by its name in colophon.yaml.
 * @throws {CurationError} SPLIT_UNKNOWN
 */
export function requireSplit({ config }: Workspace, name: string): SplitConfig {
  const { splits = {} } = config;
  const split = Object.hasOwn(splits, name) ? splits[name] : undefined;
  if (split === undefined) throw unknownSplit(name, config);
  return split;
}

function unknownSplit(name: string, { splits = {} }: Workspace['config']): CurationError {
  const known = [...new Set([...Object.keys(splits), ...expandSplits(splits).map((split) => split.name)])];
  const guess = nearMiss(name, known);
  const suggestion = known.length === 0 ? 'Describe it under `splits:` in colophon.yaml.' : guess === undefined ? `Known splits: ${Object.keys(splits).join(', ')}` : `Did you mean \`${guess}\`?`;
  return new CurationError('SPLIT_UNKNOWN', `colophon.yaml names no split \`${name}\``, { suggestions: [suggestion] });
}
