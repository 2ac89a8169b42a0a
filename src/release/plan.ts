import type { Catalog } from '../catalog/catalog.js';
import { CurationError } from '../errors.js';
import type { AmendedCase } from '../model/amendment.js';
import type { SchemaPack } from '../model/clinical.js';
import type { DatasetConfig, ReleaseConfig } from '../model/config.js';
import type { DataDictionary } from '../model/dictionary.js';
import type { PublishedHarmonization } from '../model/harmonization.js';
import { RELEASE_FORMAT, type BumpLevel, type ReleaseDocument, type ReleaseReference } from '../model/release.js';
import type { Change, SplitDiff, TableDiff } from '../model/release-diff.js';
import type { GateVerdict, ReleasePlan } from '../model/release-reports.js';
import type { GateDocument } from '../model/verdict.js';
import type { Withdrawal } from '../model/workspace-files.js';
import { gatherCandidate, type Candidate } from './candidate/candidate.js';
import type { SplitSource } from './candidate/splits.js';
import { describeCommitments, type HiddenRelease } from './candidate/hidden-release.js';
import { ACCEPTED_LEAKS, candidateLeakSources } from './candidate/leak-sources.js';
import { describeLeaks, findLeaks } from './candidate/split-leakage.js';
import { createChanges, diffSides, type DiffOutcome } from './diff/diff.js';
import { readChanges, readExamples, readSplitDiffs, readTableDiffs } from './diff/report.js';
import { describeRelease, noteUndescribed } from './standards/dictionary.js';
import { redactChanges } from './diff/redaction.js';
import { assertPublished, readLog, type LogEntry, type ReleasePaths } from './release-log.js';
import { releaseTables } from './release-table.js';
import { candidateSide, releaseSide, type Side } from './diff/side.js';
import { countCandidate, describeSplits } from './summary.js';
import type { ReleaseDraft } from './stage.js';
import { noteUnfitValues } from './candidate/unfit-values.js';
import { decideVersion } from './diff/version.js';
import { hideWithdrawn } from './diff/withdrawn-changes.js';

/** What a release is planned from, besides the catalog. */
export interface PlanOptions {
  dataset: DatasetConfig;
  release: ReleaseConfig;
  pack: SchemaPack | null;
  /** Tables that the schema ties to no case. */
  wholeTables: ReadonlySet<string>;
  splits: readonly SplitSource[];
  hidden: HiddenRelease;
  withdrawals: readonly Withdrawal[];
  /** Cases that the newest amendment names; none when absent. */
  announced?: readonly AmendedCase[] | undefined;
  gate: GateVerdict;
  /** data/gate.json; none when absent. */
  gateDocument?: string | undefined;
  /** Rules that mended the clinical tables; none when absent. */
  harmonization?: PublishedHarmonization | undefined;
  /** Column whose equal values are one patient; absent when PatientID is the case. */
  patient?: { table: string; column: string } | null;
  /** Release date, YYYY-MM-DD. */
  date: string;
  bump?: BumpLevel | undefined;
  paths: ReleasePaths;
  tool: { name: string; version: string };
}

/** A planned release: what to say of it, and what `stageRelease` needs. The rows are in the `candidate_*` tables. */
export interface PlannedRelease {
  plan: ReleasePlan;
  /** Null when there is nothing to release. */
  draft: ReleaseDraft | null;
  candidate: Candidate;
  /** What every column of the release means. */
  dictionary: DataDictionary;
  diff: DiffOutcome | null;
  /** The first changes, for CHANGES.md, and what differs by table and split. */
  changes: Change[];
  tables: TableDiff[];
  splits: SplitDiff[];
  /** A sentence about patients, studies or images in two parts of a split, which nobody accepted; null when there are none. */
  leak: string | null;
}

/** Changes that CHANGES.md lists one by one. */
const LISTED_CHANGES = 200;

/**
 * Plans the next release: gathers the candidate, compares it with the release before, and computes the number. Writes
 * nothing but `candidate_*` tables into the catalog.
 * @throws {CurationError} RELEASE_INVALID, RELEASE_NOT_FOUND (of the release before), USAGE
 */
export async function planRelease(catalog: Catalog, options: PlanOptions): Promise<PlannedRelease> {
  const previous = (await readLog(options.paths)).at(-1) ?? null;
  if (previous !== null) assertFollows(previous, options);
  assertDate(options.date, previous);
  const before = previous === null ? null : await releaseSide(catalog, previous);
  const candidate = await gatherCandidate(catalog, candidateOptions(options, previous, before));
  const tool = { ...options.tool, duckdb: await duckdbVersion(catalog) };
  await createChanges(catalog);
  const tables = releaseTables(candidate, '');
  const dictionary = await describeRelease(catalog, tables, { pack: options.pack, tables: candidate.tables, hidden: options.hidden.columns });
  const after = await candidateSide(catalog, candidate, describe(options, candidate, tool, dictionary));
  const diff = before === null ? null : await diffSides(catalog, before, after);
  if (diff !== null) await redactChanges(catalog, after.clinical, options.pack);
  // before anything is read from the changes that may be published
  if (before !== null && previous !== null) await hideWithdrawn(catalog, before, after, previous.document.version);
  const decision = decideVersion(previous?.document.version ?? null, diff?.counts ?? {}, options.bump, await readExamples(catalog));
  const counts = await countCandidate(catalog, tables.length);
  const leak = await lookForLeaks(catalog, options, candidate);
  const reference = previous === null ? null : { version: previous.document.version, digest: previous.digest };
  const plan: ReleasePlan = {
    version: decision?.version ?? null,
    sequence: (previous?.sequence ?? 0) + 1,
    date: options.date,
    previous: reference,
    level: decision?.level ?? null,
    reasons: decision?.reasons ?? [],
    counts,
    tables: candidate.tables.map(({ table, rows, left_out }) => ({ table, rows, left_out })),
    content: candidate.content,
    gate: options.gate,
    blocked: [...listBlocks(options, counts, decision?.version ?? null, previous), ...(leak === null ? [] : [leak])],
    notes: [...(await listNotes(catalog, candidate)), ...present(noteUndescribed(dictionary)), ...present(await noteUnfitValues(catalog)), ...options.hidden.notes],
  };
  const draft = decision === null ? null : await draftDocument(catalog, options, { about: after.about, candidate, counts, version: decision.version, sequence: plan.sequence, previous: reference, tool });
  return { plan, draft, candidate, diff, changes: await readChanges(catalog, LISTED_CHANGES), tables: await readTableDiffs(catalog), splits: await readSplitDiffs(catalog), dictionary, leak };
}

/** The last look before anything is published: a leak that no waiver of DUP-009 accepts stands in the way. */
async function lookForLeaks(catalog: Catalog, { patient = null, release }: PlanOptions, { tables }: Candidate): Promise<string | null> {
  const [within = null] = Object.keys(release.within ?? {});
  return describeLeaks(await findLeaks(catalog, { ...candidateLeakSources({ tables, patient, within }), accepted: ACCEPTED_LEAKS }));
}

/** A release folder edited by hand, or another dataset, must not become part of the chain. */
function assertFollows(previous: LogEntry, { dataset }: PlanOptions): void {
  assertPublished(previous);
  const { id } = previous.document.dataset;
  if (id === dataset.id) return;
  throw new CurationError('RELEASE_INVALID', 'colophon.yaml names another dataset than the releases of this workspace.', {
    expected: `dataset.id: ${id}`,
    found: `dataset.id: ${dataset.id}`,
    suggestions: ['Put the id back, or begin another dataset in a workspace of its own.'],
  });
}

function assertDate(date: string, previous: LogEntry | null): void {
  const valid = /^\d{4}-\d{2}-\d{2}$/.test(date) && !Number.isNaN(Date.parse(date)) && new Date(date).toISOString().startsWith(date);
  if (!valid) throw new CurationError('USAGE', 'The release date is not a day.', { expected: 'YYYY-MM-DD', found: date.slice(0, 40) });
  if (previous === null || date >= previous.document.date) return;
  throw new CurationError('USAGE', `The release date is before that of the release ${previous.document.version}.`, { expected: `${previous.document.date} or later`, found: date });
}

function candidateOptions(options: PlanOptions, previous: LogEntry | null, before: Side | null): Parameters<typeof gatherCandidate>[1] {
  const { dataset, release, pack, wholeTables, splits, withdrawals, hidden } = options;
  return {
    datasetId: dataset.id,
    wholeTables,
    days: new Map([...(pack?.tables ?? [])].map(([table, { columns }]) => [table, columns.filter(({ date }) => date === true).map(({ name }) => name)])),
    splits,
    hiddenParts: hidden.parts,
    hiddenColumns: hidden.columns,
    md5: release.md5 === true,
    withdrawals,
    announced: options.announced ?? [],
    previous: previous === null || before === null ? null : { version: previous.document.version, cases: before.own('cases'), tombstones: before.own('tombstones') },
  };
}

function describe({ dataset, pack, gate, gateDocument, splits, hidden }: PlanOptions, { content, contentMd5, splits: published }: Candidate, tool: ReleaseDocument['tool'], dictionary: DataDictionary): Side['about'] {
  const { id, title, license } = dataset;
  return {
    dataset: { id, title, license },
    schema: pack === null ? null : { pack: pack.name, version: pack.version, digest: pack.digest },
    policy: policyOf(gate),
    tool,
    content,
    contentMd5,
    splits: splits.filter(({ name }) => published.includes(name)),
    dictionary,
    gate: gateDocument === undefined ? null : (JSON.parse(gateDocument) as GateDocument),
    ...describeCommitments(hidden),
  };
}

function policyOf({ profile, digest, errors, warnings, waived }: GateVerdict): ReleaseDocument['policy'] {
  return { profile, digest, errors, warnings, waived };
}

interface DraftParts {
  about: Side['about'];
  candidate: Candidate;
  counts: ReleaseDocument['counts'];
  version: string;
  sequence: number;
  previous: ReleaseReference | null;
  tool: ReleaseDocument['tool'];
}

async function draftDocument(catalog: Catalog, options: PlanOptions, { about, candidate, counts, version, sequence, previous, tool }: DraftParts): Promise<ReleaseDraft> {
  const { dataset, schema, policy, commitments, seeds } = about;
  return {
    format: RELEASE_FORMAT,
    dataset,
    version,
    sequence,
    date: options.date,
    previous,
    counts,
    digests: { content: candidate.content, ...(candidate.contentMd5 === null ? {} : { content_md5: candidate.contentMd5 }) },
    schema,
    splits: await describeSplits(catalog, candidate.splits, options.splits),
    ...(commitments === undefined ? {} : { commitments }),
    ...(seeds === undefined ? {} : { seeds }),
    ...(options.harmonization === undefined ? {} : { harmonization: options.harmonization }),
    policy,
    tool,
  };
}

function listBlocks({ gate, release, bump, hidden }: PlanOptions, counts: ReleaseDocument['counts'], version: string | null, previous: LogEntry | null): string[] {
  const blocks: string[] = [];
  if (gate.verdict !== 'pass') blocks.push(gate.verdict === 'none' ? `${gate.reason ?? 'The gate gave no verdict.'} Run: colophon check` : `The gate found ${gate.errors} ${gate.errors === 1 ? 'error' : 'errors'}.`);
  blocks.push(...hidden.obstacles);
  if (counts.cases === 0) blocks.push('No case is accepted.');
  if (release.payload === 'none' && release.base_url === undefined) blocks.push('release.payload is `none`, but there is no release.base_url to fetch the files from.');
  if (version === null && bump === undefined) blocks.push(`Nothing changed since ${previous?.document.version ?? 'the last release'}.`);
  return blocks;
}

function present(note: string | null): string[] {
  return note === null ? [] : [note];
}

/** What a steward should see before it is public. */
async function listNotes(catalog: Catalog, { tables, splits }: Candidate): Promise<string[]> {
  const leftOut = tables.reduce((sum, table) => sum + table.left_out, 0);
  const notes = leftOut === 0 ? [] : [`${leftOut} table ${leftOut === 1 ? 'row stays' : 'rows stay'} out: of no case that is released, or also of one that is not.`];
  const withheld = await catalog.all<{ n: number; reason: string }>("SELECT count(*) AS n, reason FROM case_ WHERE status = 'withheld' GROUP BY reason ORDER BY reason");
  for (const { n, reason } of withheld) notes.push(`${n} accepted ${n === 1 ? 'case is' : 'cases are'} withheld: ${reason}.`);
  const open = await catalog.all<{ split: string; n: number }>(
    `SELECT a.split, count(*) AS n FROM assignments AS a JOIN candidate_split AS s ON s.split = a.split AND s.case_id = a.case_id
     WHERE NOT a.frozen AND a.split IN (SELECT unnest(?::VARCHAR[])) GROUP BY a.split ORDER BY a.split`,
    [splits],
  );
  const [images] = await catalog.all<{ n: number }>("SELECT (SELECT count(*) FROM instance) - (SELECT count(*) FROM candidate_instance) AS n");
  if (images !== undefined && images.n > 0) notes.push(`${images.n} image ${images.n === 1 ? 'file stays' : 'files stay'} out: of no case that is released, or not readable.`);
  for (const { split, n } of open) notes.push(`${n} ${n === 1 ? `assignment of ${split} is` : `assignments of ${split} are`} not frozen: if one moves later, that is a MAJOR release.`);
  return notes;
}

async function duckdbVersion(catalog: Catalog): Promise<string> {
  const [row] = await catalog.all<{ version: string }>('SELECT version() AS version');
  return row?.version ?? 'unknown';
}
