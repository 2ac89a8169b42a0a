import { checkCatalog } from '../checks/run.js';
import { defaultEffects, type Effects } from '../effects.js';
import type { CheckReport } from '../model/check.js';
import { loadWaivers, type Workspace } from '../workspace/workspace.js';
import { refreshReleaseCases } from './release-cases.js';
import { requirePull, withSession, type Session } from './session.js';

export interface CheckWorkspaceOptions {
  /** Codes and groups to run; empty or absent: all, which alone gives a verdict. */
  only?: readonly string[];
  /** Findings of a rule that the report lists. */
  maxFindings?: number;
  signal?: AbortSignal;
}

/**
 * Runs the release gate over what a release of this workspace would hold now.
 * @throws {CurationError} CATALOG_EMPTY before the first pull, CONFIG_INVALID, CHECK_UNKNOWN, LOCKED, INTERRUPTED
 */
export function checkWorkspace(workspace: Workspace, options: CheckWorkspaceOptions = {}, effects: Effects = defaultEffects): Promise<CheckReport> {
  return withSession(workspace, 'checking', effects, async (session) => {
    await requirePull(session);
    await refreshReleaseCases(session, false);
    return checkSession(session, options, effects);
  });
}

/** Runs the gate in an open session whose case tables are up to date. */
export function checkSession({ workspace, catalog, pack }: Session, options: CheckWorkspaceOptions, effects: Effects): Promise<CheckReport> {
  const today = effects.now().toISOString().slice(0, 10);
  return checkCatalog(catalog, { ...options, pack, config: workspace.config, waivers: loadWaivers(workspace), today }, effects);
}
