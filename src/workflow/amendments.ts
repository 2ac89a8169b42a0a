import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.js';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { AMENDMENT_NAMESPACE, withdrawalsOf, type AmendedRelease, type AmendmentSummary } from '../model/amendment.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Withdrawal } from '../model/workspace-files.js';
import { nextAmendment, type AmendmentFacts, type HeldCase } from '../release/withdrawal/amendment.js';
import { completeSignature, publishAmendment, readNewestAmendment, summariseAmendment, type SignAmendment, type StoredAmendment } from '../release/withdrawal/amendment-store.js';
import { formatNotice } from '../release/withdrawal/notice-text.js';
import { recordReleases } from '../release/record.js';
import { readLog, releaseStatus, type LogEntry } from '../release/release-log.js';
import { signWithKeygen } from '../release/signing/ssh-keygen.js';
import { refreshIndex } from './page.js';
import type { Session } from './session.js';
import { configuredSigner } from './signer.js';

export interface AnnounceOptions {
  withdrawals: readonly Withdrawal[];
  /** Day of publication of the amendment, YYYY-MM-DD. */
  date: string;
  /** Tell what would be written, write nothing. */
  dryRun?: boolean;
}

/** What readers of published releases are told now. */
export interface Announcement {
  /** The newest amendment; null when no release holds a withdrawn case. */
  amendment: AmendmentSummary | null;
  /** Whether it is new. */
  added: boolean;
  /** Whether the index of the releases was made anew. */
  indexed: boolean;
  log: LogEntry[];
}

/**
 * Tells the readers of published releases which of their cases were withdrawn: writes the next amendment when there is
 * something new to say, the NOTICE of every release that it concerns, and the index that shows them; completes what an interrupted run left undone.
 * @throws {CurationError} RELEASE_INVALID when the log or the newest amendment is damaged, SIGNING_FAILED, LOCKED, DISK_FULL, IO_FAILED
 */
export async function announceWithdrawals(session: Session, options: AnnounceOptions, effects: Effects): Promise<Announcement> {
  const { paths, config } = session.workspace;
  const log = await readLog(paths);
  await recordLog(session, log, effects);
  const previous = readNewestAmendment(paths.releases, config.dataset.id);
  const next = nextAmendment(previous, await gatherFacts(session, log, options));
  if (options.dryRun === true && next !== null) return { amendment: planned(next), added: true, indexed: false, log };
  const sign = signer(session);
  const stored = next === null ? previous : publishAmendment(paths.releases, next, sign);
  if (stored === null) return { amendment: null, added: false, indexed: false, log };
  const added = next !== null;
  if (options.dryRun === true) return { amendment: summariseAmendment(stored), added, indexed: false, log };
  completeSignature(stored, sign);
  const indexed = writeNotices(stored, log);
  if (indexed) await refreshIndex(session.workspace, effects);
  return { amendment: summariseAmendment(stored), added, indexed, log };
}

/** The catalog's record says which case is in which release; a release that cannot be looked at must not keep others from being amended. */
async function recordLog({ catalog }: Session, log: readonly LogEntry[], effects: Effects): Promise<void> {
  try {
    await recordReleases(catalog, log);
  } catch (error) {
    if (!(error instanceof CurationError)) throw error;
    effects.warn(`Which release holds which case could not be read anew: ${error.message}`);
  }
  const known = await catalog.all<{ version: string }>('SELECT DISTINCT version FROM release_item');
  const unknown = log.filter(({ document }) => document.counts.cases > 0 && !known.some(({ version }) => version === document.version));
  for (const { document } of unknown) effects.warn(`Whether the release ${document.version} holds a withdrawn case is not known: its folder is not here as it was published.`);
}

function planned(document: NonNullable<ReturnType<typeof nextAmendment>>): AmendmentSummary {
  return { number: document.number, date: document.date, path: null, digest: `sha256:${sha256Hex(canonicalJson(document))}`, signed: false };
}

function signer({ workspace }: Session): SignAmendment | null {
  const key = configuredSigner(workspace);
  return key === null ? null : (bytes) => signWithKeygen(bytes, key, AMENDMENT_NAMESPACE, 'The amendment').armored;
}

async function gatherFacts({ workspace, catalog }: Session, log: readonly LogEntry[], { withdrawals, date }: AnnounceOptions): Promise<AmendmentFacts> {
  const replacements = withdrawals.flatMap(({ replacement }) => replacement ?? []);
  const published = await catalog.all<{ id: string }>("SELECT DISTINCT id FROM release_item WHERE level = 'case' AND list_contains(?::VARCHAR[], id)", [replacements]);
  return {
    dataset: workspace.config.dataset.id,
    date,
    log: log.map(toAmended),
    withdrawals,
    held: await readHeld(catalog, withdrawals.map(({ case_id }) => case_id)),
    published: new Set(published.map(({ id }) => id)),
  };
}

function toAmended({ document, sequence, digest }: LogEntry): AmendedRelease {
  return { version: document.version, sequence, digest };
}

async function readHeld(catalog: Catalog, cases: readonly string[]): Promise<Map<string, HeldCase[]>> {
  const rows = await catalog.all<{ id: string; version: string; digest: string }>(
    `SELECT i.id, i.version, i.digest FROM release_item AS i JOIN release AS r USING (version)
     WHERE i.level = 'case' AND list_contains(?::VARCHAR[], i.id) ORDER BY i.id, r.sequence`,
    [cases],
  );
  const held = new Map<string, HeldCase[]>();
  for (const { id, version, digest } of rows) held.set(id, [...(held.get(id) ?? []), { version, digest }]);
  return held;
}

/** Returns whether one was not there, or said something else. */
function writeNotices({ document, digest }: StoredAmendment, log: readonly LogEntry[]): boolean {
  let changed = false;
  for (const entry of log) {
    const { version } = entry.document;
    if (withdrawalsOf(document, version).length === 0 || releaseStatus(entry) !== 'published') continue;
    const path = join(entry.folder, RELEASE_FILES.notice);
    const text = formatNotice(document, digest, version);
    if (existsSync(path) && readFileSync(path, 'utf8') === text) continue;
    writeFileAtomic(path, text);
    changed = true;
  }
  return changed;
}
