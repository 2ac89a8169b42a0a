import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { AmendmentSummary } from '../model/amendment.js';
import type { SchemaPack } from '../model/clinical.js';
import type { Config } from '../model/config.js';
import { tellingSplits } from '../model/hidden-parts.js';
import type { BumpLevel } from '../model/release.js';
import type { CutReport, GitReport, ReleasePlan } from '../model/release-reports.js';
import { readNewestAmendment } from '../release/withdrawal/amendment-store.js';
import { dropCandidate } from '../release/candidate/candidate.js';
import { cutRelease as cut, type CutOptions } from '../release/cut.js';
import { commitRelease } from '../release/git.js';
import { readKeyFolder } from '../release/signing/key-folder.js';
import { planRelease as plan } from '../release/plan.js';
import { recordReleases } from '../release/record.js';
import { recoverRelease } from '../release/recover.js';
import { readLog } from '../release/release-log.js';
import { signRelease } from '../release/signing/sign.js';
import { verifyRelease } from '../verify/verify.js';
import { loadHarmonization } from '../workspace/harmonization.js';
import { loadPolicy } from '../workspace/policy.js';
import { imageFolders, sourcesElsewhere } from '../workspace/source-folders.js';
import { loadWithdrawals, type Workspace } from '../workspace/workspace.js';
import { announceWithdrawals, type Announcement } from './amendments.js';
import { patientLink, type CaseContext } from './case-rules.js';
import { planStatus } from './exit-status.js';
import { publishedHarmonization } from './harmonization.js';
import { describeHidden, publishedSources } from './hidden-release.js';
import { LocalFiles } from './local-files.js';
import { refreshIndex } from './page.js';
import { refreshReleaseCases } from './release-cases.js';
import { renderReleasePage } from './release-page.js';
import { requirePull, withSession, type Session } from './session.js';
import { configuredSigner } from './signer.js';
import { describeDraws } from './split-sources.js';
import { readTool } from './tool.js';
import { freshVerdict, toGateVerdict } from './verdict.js';

export interface PlanWorkspaceOptions {
  /** Release date, YYYY-MM-DD; today (UTC) by default. */
  date?: string;
  /** Raises the computed level. */
  bump?: BumpLevel;
  signal?: AbortSignal;
}

export interface CutWorkspaceOptions extends PlanWorkspaceOptions {
  /** Compute everything, publish nothing. */
  dryRun?: boolean;
  /** Write every table as an Arrow file too; default: release.arrow of colophon.yaml. */
  arrow?: boolean;
  /** Workers of the verification; default: one a core. */
  jobs?: number;
}

/**
 * What a cut would publish now, under which number and why, and what stands in its way.
 * @throws {CurationError} CATALOG_EMPTY, RELEASE_INVALID, RELEASE_NOT_FOUND, CONFIG_INVALID, USAGE, SPLIT_RECORD_TAMPERED, LOCKED
 */
export function planRelease(workspace: Workspace, options: PlanWorkspaceOptions = {}, effects: Effects = defaultEffects): Promise<ReleasePlan> {
  return withSession(workspace, 'planning a release', effects, async (session) => {
    try {
      return (await plan(session.catalog, await prepare(session, options, effects))).plan;
    } finally {
      await dropCandidate(session.catalog);
    }
  }, planStatus);
}

/**
 * Finishes what an interrupted cut left, publishes the next release upon a fresh verdict of the gate, and commits its metadata.
 * @throws {CurationError} GATE_STALE, GATE_FAILED, RELEASE_UNCHANGED, DISK_FULL, and all that `planRelease` throws; nothing is published then
 */
export function cutRelease(workspace: Workspace, options: CutWorkspaceOptions = {}, effects: Effects = defaultEffects): Promise<CutReport> {
  return withSession(workspace, 'cutting a release', effects, async (session) => {
    const recovered = options.dryRun === true ? null : await recover(session, options, effects);
    const prepared = await prepare(session, options, effects);
    const announce = () => announceWithdrawals(session, { withdrawals: prepared.withdrawals, date: prepared.date }, effects);
    // a withdrawal that was recorded and not yet told is told first: whether there is a release today or not
    if (options.dryRun !== true) await announce();
    const { plan: planned, published } = await publish(session, { ...prepared, announced: readAnnounced(workspace), dryRun: options.dryRun }, effects);
    if (published === null || planned.version === null) return { dry_run: true, plan: planned, digest: null, path: null, verified: null, git: null, recovered };
    await record(session, effects);
    const amendment = await announceAfter(announce, effects);
    await refreshIndex(workspace, effects);
    const git = await commit(workspace, planned.version, published.digest);
    return { dry_run: false, plan: planned, digest: `sha256:${published.digest}`, path: published.path, verified: published.verified, git, recovered, ...(amendment === null ? {} : { amendment }) };
  });
}

/** Images that are elsewhere are brought here while they are copied. */
async function publish({ catalog, workspace }: Session, options: CutOptions, effects: Effects): ReturnType<typeof cut> {
  const local = new LocalFiles(workspace, { effects, signal: options.signal });
  const during: CutOptions['during'] = (images, work) => {
    const wanted = images.map((image) => ({ source: image.source, path: image.source_path, size_bytes: image.size_bytes, sha256: image.sha256, mtime_ns: image.mtime_ns, image }));
    return local.eachBatch(wanted, (here) => work(here.map(({ image }) => image)));
  };
  try {
    return await cut(catalog, { ...options, during }, effects);
  } finally {
    await local.close();
  }
}

async function recover({ workspace }: Session, options: CutWorkspaceOptions, effects: Effects): Promise<string | null> {
  const { finished, unclaimed, swept } = await recoverRelease(workspace.paths, verifier(options, effects));
  if (unclaimed !== null) effects.warn(`The number ${unclaimed}, which an interrupted cut had claimed for a release that is not whole, is free again.`);
  else if (swept > 0) effects.warn(`Removed what an interrupted cut had left in staging.`);
  if (finished === null) return null;
  const { version } = finished.document;
  effects.warn(`The release ${version}, which an interrupted cut had left unfinished, is published now.`);
  const git = await commit(workspace, version, finished.digest);
  if (git.status === 'failed') effects.warn(git.message);
  return version;
}

/** The release is published: an amendment that could not name it yet is made by the next run, and must not make the cut look like a failure. */
async function announceAfter(announce: () => Promise<Announcement>, effects: Effects): Promise<AmendmentSummary | null> {
  try {
    return (await announce()).amendment;
  } catch (error) {
    if (!(error instanceof CurationError)) throw error;
    effects.warn(`The release is published, but the amendment of earlier ones does not name it yet; run the cut, or a withdrawal, again: ${error.message}`);
    return null;
  }
}

function readAnnounced({ config, paths }: Workspace): CutOptions['announced'] {
  return readNewestAmendment(paths.releases, config.dataset.id)?.document.withdrawn;
}

/** A catalog that cannot record what was published, and can be rebuilt, must not make that look like a failure. */
async function record({ workspace, catalog }: Session, effects: Effects): Promise<void> {
  try {
    await recordReleases(catalog, await readLog(workspace.paths));
  } catch (error) {
    if (!(error instanceof CurationError)) throw error;
    effects.warn(`The catalog could not record what was published: ${error.message}`);
  }
}

/** Brings the catalog up to date and gathers what a release is made from. */
async function prepare(session: Session, options: CutWorkspaceOptions, effects: Effects): Promise<CutOptions> {
  const { workspace, pack } = session;
  const { config, paths } = workspace;
  await requirePull(session);
  await record(session, effects);
  const context = await refreshReleaseCases(session, true);
  const sources = await publishedSources(session);
  const policy = loadPolicy(workspace);
  const verdict = await freshVerdict(session, policy, effects.now());
  return {
    dataset: config.dataset,
    release: config.release ?? {},
    pack,
    wholeTables: tablesWithoutCases(context, pack, config),
    harmonization: publishedHarmonization(loadHarmonization(workspace, pack)),
    patient: patientLink(config, context),
    splits: await describeDraws(session, context, sources),
    hidden: await describeHidden(session, context, sources),
    withdrawals: loadWithdrawals(workspace),
    announced: readAnnounced(workspace),
    gate: toGateVerdict(policy, verdict),
    gateDocument: 'gate' in verdict ? `${JSON.stringify(verdict.gate, null, 2)}\n` : undefined,
    date: options.date ?? effects.now().toISOString().slice(0, 10),
    bump: options.bump,
    arrow: options.arrow,
    paths,
    tool: readTool(),
    roots: imageFolders(workspace),
    elsewhere: sourcesElsewhere(config),
    verify: verifier(options, effects),
    sign: signer(workspace),
    page: (folder, draft) => renderReleasePage(folder, draft, { splits: config.splits, signer: configuredSigner(workspace) }),
    signal: options.signal,
  };
}

/**
 * Tables that the schema describes and ties to no case, by whatever columns, such as dataset: they are released whole. A
 * table that nobody described is not among them, or its rows would be published whosever they are.
 */
function tablesWithoutCases({ cases }: CaseContext, pack: SchemaPack | null, config: Config): Set<string> {
  const all = [...(pack?.tables.keys() ?? [])];
  const tied = new Set(all.filter((table) => table === cases?.table || config.tables?.[table]?.case !== undefined));
  for (let size = -1; size !== tied.size; ) {
    size = tied.size;
    for (const table of all) if (pack?.tables.get(table)?.links.some(({ target }) => tied.has(target) || target === cases?.table) === true) tied.add(table);
  }
  return new Set(all.filter((table) => !tied.has(table)));
}

function signer(workspace: Workspace): CutOptions['sign'] {
  const { config, paths } = workspace;
  const key = configuredSigner(workspace);
  return key === null ? undefined : (folder) => void signRelease(folder, key, readKeyFolder(paths, config.dataset.id));
}

function verifier({ jobs, signal }: CutWorkspaceOptions, effects: Effects): CutOptions['verify'] {
  return (folder) => verifyRelease(folder, { ...(jobs === undefined ? {} : { jobs }), ...(signal === undefined ? {} : { signal }) }, effects);
}

async function commit(workspace: Workspace, version: string, digest: string): Promise<GitReport> {
  const { root, config } = workspace;
  const withdrawals = loadWithdrawals(workspace);
  const kept = [
    ...tellingSplits(config).flatMap((name) => [`splits/${name}.csv`, `splits/${name}.draws.jsonl`]),
    ...(withdrawals.some(({ reason, note }) => reason === 'phi' || note !== undefined) ? ['withdrawals.yaml'] : []),
  ];
  return commitRelease({ root, version, digest: `sha256:${digest}`, dataset: config.dataset.id, enabled: config.release?.git !== false, kept });
}
