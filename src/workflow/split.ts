import { join, resolve } from 'node:path';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import { expandSplits, findSplits } from '../model/split-repeats.js';
import type { FreezeReportResult, Repeated, SplitReportResult } from '../model/split.js';
import { assignSplit, freezeSplit, reportSplit, type SplitOptions } from '../splits/run.js';
import type { Workspace } from '../workspace/workspace.js';
import { caseRules, type CaseContext } from './case-rules.js';
import { refreshCaseTables, requirePull, withSession, type Session } from './session.js';

/**
 * Draws a split of the workspace, or extends it around what is frozen; all its repeats when it has some.
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE, SPLIT_NOT_ASSIGNED, CONFIG_INVALID, CATALOG_EMPTY
 */
export function assignWorkspaceSplit(workspace: Workspace, name: string, effects: Effects = defaultEffects): Promise<SplitReportResult> {
  return withSplit(workspace, name, `assigning the split ${name}`, effects, ({ catalog }, options) => assignSplit(catalog, options, effects));
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

/**
 * Reports on a split as it stands, measured against the cases and values of now.
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_NOT_ASSIGNED, SPLIT_RECORD_TAMPERED
 */
export function reportWorkspaceSplit(workspace: Workspace, name: string, effects: Effects = defaultEffects): Promise<SplitReportResult> {
  return withSplit(workspace, name, `reporting on the split ${name}`, effects, ({ catalog }, options) => reportSplit(catalog, options));
}

/** What the splits room needs to know of a split; `name` is that of a repeat when it is repeated. */
export function splitOptions({ root, config, paths }: Workspace, context: CaseContext, name: string): SplitOptions {
  const split = expandSplits(config.splits).find((expanded) => expanded.name === name);
  if (split === undefined) throw unknownSplit(name, config);
  const { link } = caseRules(config, context, []);
  const patientLink = link === null ? null : { table: link.table, column: link.column };
  const { assign } = split.config;
  return {
    name,
    config: split.config,
    recordPath: join(paths.splits, `${name}.csv`),
    caseTable: context.cases?.table ?? null,
    patientLink,
    ...(assign === undefined ? {} : { forcedPath: resolve(root, assign) }),
  };
}

async function withSplit<T>(
  workspace: Workspace,
  name: string,
  doing: string,
  effects: Effects,
  work: (session: Session, options: SplitOptions) => Promise<T>,
): Promise<T | Repeated<T>> {
  const found = findSplits(workspace.config.splits, name);
  if (found.length === 0) throw unknownSplit(name, workspace.config);
  return withSession(workspace, doing, effects, async (session) => {
    await requirePull(session);
    const context = await refreshCaseTables(session);
    const results: T[] = [];
    for (const split of found) results.push(await work(session, splitOptions(workspace, context, split.name)));
    return found[0]!.name === name ? results[0]! : { split: name, repeats: results };
  });
}

function unknownSplit(name: string, { splits = {} }: Workspace['config']): CurationError {
  const known = [...new Set([...Object.keys(splits), ...expandSplits(splits).map((split) => split.name)])];
  const guess = nearMiss(name, known);
  const suggestion = known.length === 0 ? 'Describe it under `splits:` in colophon.yaml.' : guess === undefined ? `Known splits: ${Object.keys(splits).join(', ')}` : `Did you mean \`${guess}\`?`;
  return new CurationError('SPLIT_UNKNOWN', `colophon.yaml names no split \`${name}\``, { suggestions: [suggestion] });
}
