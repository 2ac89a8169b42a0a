import type { Catalog } from '../catalog/catalog.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import type { ReleasePlan } from '../model/release-reports.js';
import type { VerifyReport } from '../model/verification.js';
import { dropCandidate } from './candidate/candidate.js';
import { formatChanges } from './diff/changes-text.js';
import { formatCroissant } from './standards/croissant.js';
import type { CroissantSplit } from './standards/croissant-splits.js';
import { formatDatacite, type WithdrawnOn } from './standards/datacite.js';
import { formatDatapackage } from './standards/datapackage.js';
import { formatDictionaryText } from './standards/dictionary-text.js';
import { planRelease, type PlannedRelease, type PlanOptions } from './plan.js';
import { assertFree, awaitPublished, claimNumber, isClaimed, moveIntoPlace } from './publish.js';
import type { VerifyFolder } from './recover.js';
import { releaseFolder } from './release-log.js';
import { CLINICAL_PREFIX, releaseTables } from './release-table.js';
import { formatRoCrate } from './standards/ro-crate.js';
import { stageRelease, type ReleaseDraft, type RenderPage, type StagedRelease, type StageInput } from './stage.js';
import { makeStaging, removeStaging, type CutPaths } from './staging.js';

export interface CutOptions extends PlanOptions {
  paths: CutPaths;
  /** Absolute folder of each source of images. */
  roots: ReadonlyMap<string, string>;
  /** Runs `work` over images, some at a time, while their files are in the folders of their sources; absent when they always are. */
  during?: StageInput['during'];
  /** Sources whose files are not on this machine; none when absent. */
  elsewhere?: ReadonlySet<string> | undefined;
  /** Renders index.html; none when absent. */
  page?: RenderPage | undefined;
  /** Write every table as an Arrow file too; default: what `release.arrow` of the configuration says. */
  arrow?: boolean | undefined;
  /** Compute everything, write nothing. */
  dryRun?: boolean | undefined;
  /** Signs the staged release.json; none when releases are not signed. */
  sign?: ((folder: string) => void) | undefined;
  /** Runs on the staged folder before anything is published. */
  verify: VerifyFolder;
  signal?: AbortSignal | undefined;
}

/** A published release, or in a dry run what would have been one. */
export interface CutOutcome {
  plan: ReleasePlan;
  /** Null in a dry run. */
  published: { path: string; digest: string; verified: { files: number; bytes: number } } | null;
}

/** Of DuckDB while a release is verified, which then holds the list of all its files. */
const MEMORY_BESIDE_VERIFY = '256MB';

/** How often a publisher who lost the race for a number tries for the next one. */
const MAX_ATTEMPTS = 20;

/**
 * Plans and publishes the next release. Nothing is visible until it was verified and its number is claimed; whoever
 * loses the number to another publisher plans anew, upon the release of the winner. The catalog must be allowed to read
 * staged and published releases.
 * @throws {CurationError} GATE_STALE, GATE_FAILED, SPLIT_CONFLICT, RELEASE_UNCHANGED, RELEASE_INVALID, CONFIG_INVALID, USAGE, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function cutRelease(catalog: Catalog, options: CutOptions, effects: Effects): Promise<CutOutcome> {
  try {
    for (let attempt = 1; ; attempt++) {
      await awaitPublished(options.paths);
      const planned = await planRelease(catalog, options);
      const draft = requireUnblocked(planned, options);
      if (options.dryRun === true) return { plan: planned.plan, published: null };
      const published = await publish(catalog, planned, draft, options, effects);
      if (published !== null) return { plan: planned.plan, published };
      if (attempt === MAX_ATTEMPTS) throw lostTheRace(options);
      effects.warn(`The number ${planned.plan.sequence} was just taken by another publisher; planning the next one.`);
    }
  } finally {
    await dropCandidate(catalog);
  }
}

/** Fails closed: only a gate that passed lets a release through. */
function requireUnblocked({ plan, draft, leak }: PlannedRelease, { release, hidden }: CutOptions): ReleaseDraft {
  if (plan.gate.verdict === 'none')
    throw new CurationError('GATE_STALE', `There is no verdict of the gate on what would be released: ${plan.gate.reason ?? 'it was not run'}`, {
      expected: 'a verdict of the whole gate on exactly this data, by the policy and waivers of now',
      suggestions: ['Run: colophon check'],
    });
  if (plan.gate.verdict !== 'pass')
    throw new CurationError('GATE_FAILED', `The release gate does not let this through: ${plan.blocked[0] ?? ''}`, {
      expected: 'a complete run of the gate without errors',
      found: plan.gate.verdict === 'fail' ? `${plan.gate.errors} errors` : 'no verdict',
      suggestions: ['See them: colophon check', 'Mend them at the source and pull again, or accept them one by one in waivers.yaml.'],
    });
  const [obstacle] = hidden.obstacles;
  if (obstacle !== undefined)
    throw new CurationError('SPLIT_STALE', `Nothing is released as long as a hidden part is not settled: ${obstacle}`, { suggestions: ['See all that stands in the way: colophon release plan'] });
  if (leak !== null)
    throw new CurationError('SPLIT_CONFLICT', `The release would put one patient into two parts of a split. ${leak}`, {
      expected: 'no patient, study or image in two parts of a split',
      suggestions: ['See what can be done: colophon split assign NAME', 'See every such case: colophon check --only DUP-009'],
    });
  if (draft === null)
    throw new CurationError('RELEASE_UNCHANGED', `There is nothing to release: ${plan.blocked.at(-1) ?? 'nothing changed'}`, {
      suggestions: ['To publish the same data once more under a new number: colophon release cut --bump patch'],
    });
  if (release.payload === 'none' && release.base_url === undefined)
    throw new CurationError('CONFIG_INVALID', 'release.payload is `none`, but there is no release.base_url to fetch the files from.', {
      suggestions: ['Set release.base_url in colophon.yaml; fetch.txt lists <base_url>/<version>/<path>.'],
    });
  if (plan.counts.cases === 0) throw new CurationError('RELEASE_INVALID', 'There is nothing to release: no case is accepted.', { suggestions: ['See `accept` in colophon.yaml.'] });
  return draft;
}

async function publish(catalog: Catalog, planned: PlannedRelease, draft: ReleaseDraft, options: CutOptions, effects: Effects): Promise<CutOutcome['published']> {
  const { paths, verify } = options;
  const target = releaseFolder(paths, draft.version);
  const folder = makeStaging(paths);
  let staged: StagedRelease;
  let report: VerifyReport;
  let claimed: boolean;
  try {
    staged = await stageRelease(catalog, folder, await stageInput(catalog, planned, draft, options), effects);
    options.sign?.(folder);
    report = await catalog.withMemoryLimit(MEMORY_BESIDE_VERIFY, () => verify(folder));
    assertVerified(report);
    claimed = !isClaimed(staged.document.sequence, paths) && claim(staged, target, paths);
  } catch (error) {
    removeStaging(folder);
    throw error;
  }
  if (!claimed) {
    removeStaging(folder);
    return null;
  }
  // From here on the staged folder must survive whatever happens: it is what the claim stands for.
  moveIntoPlace(folder, target, paths);
  return { path: target, digest: sha256Hex(staged.bytes), verified: { files: report.files, bytes: report.bytes } };
}

function claim(staged: StagedRelease, target: string, paths: CutPaths): boolean {
  assertFree(target);
  return claimNumber(staged, paths);
}

async function stageInput(catalog: Catalog, { plan, candidate, diff, changes, dictionary, tables: tableDiffs, splits }: PlannedRelease, draft: ReleaseDraft, options: CutOptions): Promise<StageInput> {
  const { dataset, release, roots, elsewhere, during, signal, hidden } = options;
  const { version, date } = draft;
  const withdrawn = await readWithdrawals(catalog, version);
  return {
    draft,
    tables: releaseTables(candidate, version),
    payload: release.payload ?? 'copy',
    arrow: options.arrow ?? release.arrow ?? false,
    fetchBase: release.payload === 'none' && release.base_url !== undefined ? `${release.base_url.replace(/\/+$/, '')}/${version}/` : null,
    roots,
    during,
    elsewhere,
    creators: (dataset.creators ?? []).map(({ name }) => name),
    gate: options.gateDocument ?? null,
    dictionary,
    dictionaryText: formatDictionaryText({ title: dataset.title, version }, dictionary),
    commitments: hidden.commitments.map(({ reference, text }) => ({ path: reference.path, text })),
    datapackage: (tables, others) => formatDatapackage(dataset, version, tables, others),
    records: (tables) => [
      ['data/croissant.json', formatCroissant(dataset, { version, date, tables, splits: splitParts(draft), labels: labelColumns(options), images: plan.counts.instances })],
      ['data/datacite.json', formatDatacite(dataset, { version, date, previous: plan.previous?.version ?? null, cases: plan.counts.cases, instances: plan.counts.instances, bytes: plan.counts.bytes, withdrawn })],
    ],
    crate: (tables, files) => formatRoCrate(dataset, { version, date, tables, files, images: release.payload === 'none' ? 0 : plan.counts.instances }),
    changes: formatChanges({ title: dataset.title, datasetId: dataset.id, version, date, previous: plan.previous, reasons: plan.reasons, counts: plan.counts, tables: tableDiffs, splits, changes, total: diff?.total ?? 0 }),
    page: options.page,
    signal,
  };
}

/** The tombstones, counted by day and reason: those of this release count from it. */
function readWithdrawals(catalog: Catalog, version: string): Promise<WithdrawnOn[]> {
  return catalog.all<WithdrawnOn>(
    `SELECT date::VARCHAR AS date, reason, coalesce(since_version, ?) AS since_version, count(*) AS cases FROM candidate_tombstone
     GROUP BY ALL ORDER BY date, reason, since_version`,
    [version],
  );
}

function splitParts({ splits }: ReleaseDraft): CroissantSplit[] {
  return splits.map(({ name, parts }) => ({ name, parts: Object.keys(parts) }));
}

/** What a model is to learn or to be tested on: the labels of the configuration, what a hidden part hides, and what models said. */
function labelColumns({ dataset, hidden }: CutOptions): Set<string> {
  const clinical = [...(dataset.labels ?? []), ...hidden.columns.map(({ table, column }) => `${table}.${column}`)];
  return new Set(['tags/label', ...clinical.map((name) => CLINICAL_PREFIX + name.replace('.', '/'))]);
}

/** Problems that a message quotes. */
const MAX_QUOTED = 5;

function assertVerified({ ok, problems }: VerifyReport): void {
  if (ok) return;
  const quoted = problems.slice(0, MAX_QUOTED).map(({ kind, path, message }) => `  ${kind} ${path}: ${message}`);
  const more = problems.length > MAX_QUOTED ? [`  and ${problems.length - MAX_QUOTED} more`] : [];
  throw new CurationError('RELEASE_INVALID', ['The staged release does not verify; nothing was published:', ...quoted, ...more].join('\n'), {
    suggestions: ['An image that changed without a new time stamp is found by: colophon pull --rehash', 'Otherwise the disk gave back other bytes than were written.'],
  });
}

function lostTheRace({ paths }: CutOptions): CurationError {
  return new CurationError('LOCKED', `Other publishers took ${MAX_ATTEMPTS} numbers in a row: ${paths.releaseLog}`, {
    suggestions: ['Wait until they are done, then run the same command again.'],
  });
}
