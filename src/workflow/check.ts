import { checkCatalog } from '../checks/run.js';
import { needsInspection } from '../checks/selection.js';
import { defaultEffects, type Effects } from '../effects.js';
import type { Engine } from '../engine/engine.js';
import { EXIT } from '../errors.js';
import type { CheckReport } from '../model/check.js';
import { hiddenParts } from '../model/hidden-parts.js';
import type { GatePolicy } from '../model/policy.js';
import { loadPolicy } from '../workspace/policy.js';
import { loadWaivers, loadWithdrawals, type Workspace } from '../workspace/workspace.js';
import { keepCaseLinks } from './case-links.js';
import { readEarlierReleases } from './earlier-releases.js';
import { inspectImages } from './inspect-images.js';
import { refreshReleaseCases } from './release-cases.js';
import { askSecondOpinion, forgetSecondOpinion } from './second-opinion.js';
import { requirePull, withSession, type Session } from './session.js';
import { keepVerdict } from './verdict.js';

export interface CheckWorkspaceOptions {
  /** Codes and groups to run; empty or absent: all, which alone gives a verdict. */
  only?: readonly string[];
  /** Judge also the cases that the split of `release.within` has not drawn yet, which a cut now would withhold. */
  ahead?: boolean;
  /** Ask dciodvfy about so many images, and report where it disagrees. */
  secondOpinion?: number;
  /** Where images are looked at; default: worker threads here. */
  engine?: Engine;
  /** Worker threads for images. */
  jobs?: number;
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
    const policy = loadPolicy(workspace);
    await refreshReleaseCases(session, options.ahead !== true && (await isDrawn(session)));
    if (needsInspection(options.only ?? [])) await inspectImages(session, { policy, ...limitsOf(options) }, effects);
    await forgetSecondOpinion(session.catalog);
    if (options.secondOpinion !== undefined) await askSecondOpinion(session, { files: options.secondOpinion, ...(options.signal === undefined ? {} : { signal: options.signal }) }, effects);
    // before the rules run: DUP-009 asks whether linked cases are in two parts
    const whole = (options.only ?? []).length === 0;
    if (whole) await keepCaseLinks(session, policy);
    const report = await checkSession(session, policy, { ...options, likeness: whole }, effects);
    await keepVerdict(session, policy, report);
    const { errors, warnings, infos, waived } = report.summary;
    effects.found?.({ errors, warnings, infos, waived });
    return report;
  }, ({ summary }) => (summary.errors > 0 ? EXIT.findings : EXIT.done));
}

function limitsOf({ engine, jobs, signal }: CheckWorkspaceOptions): { engine?: Engine; jobs?: number; signal?: AbortSignal } {
  return { ...(engine === undefined ? {} : { engine }), ...(jobs === undefined ? {} : { jobs }), ...(signal === undefined ? {} : { signal }) };
}

/** Whether all splits that decide what is released were drawn: from then on the gate judges what a cut would publish. */
async function isDrawn({ workspace, catalog }: Session): Promise<boolean> {
  const deciding = new Set([...Object.keys(workspace.config.release?.within ?? {}), ...hiddenParts(workspace.config).map(({ split }) => split)]);
  const drawn = await catalog.all<{ split: string }>('SELECT DISTINCT split FROM assignment');
  const known = new Set(drawn.map(({ split }) => split));
  return deciding.size > 0 && [...deciding].every((split) => known.has(split));
}

/** Runs the gate in an open session whose case tables and inspections are up to date. */
async function checkSession(session: Session, policy: GatePolicy, options: CheckWorkspaceOptions & { likeness: boolean }, effects: Effects): Promise<CheckReport> {
  const { workspace, catalog, pack } = session;
  const own = { config: workspace.config, policy, waivers: loadWaivers(workspace), withdrawals: loadWithdrawals(workspace) };
  const today = effects.now().toISOString().slice(0, 10);
  return checkCatalog(catalog, { ...options, ...own, ...(await readEarlierReleases(session)), pack, today }, effects);
}
