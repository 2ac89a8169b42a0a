import { join } from 'node:path';
import type { Effects } from '../effects.js';
import { readRegularFile } from '../fixity/file.js';
import { RELEASE_FILES } from '../model/release.js';
import type { FileTotals, PushReport } from '../model/transfer.js';
import { MAX_DOCUMENT_BYTES } from '../release/release-document.js';
import type { LogEntry } from '../release/release-log.js';
import { besideFiles, placeDocument } from './beside.js';
import { checkClaim, claim, pointToLatest, readLatest } from './claim.js';
import type { Destination } from './destination.js';
import { describeRelease } from './pack-report.js';
import { payloadEntries, type PayloadEntry, type ReleaseFile } from './release-tree.js';
import { Sender } from './sender.js';
import { IMAGE_FOLDER } from './shard-plan.js';
import { tagFiles } from './tag-files.js';

export interface PushOptions {
  /** The folder of releases, where amendments lie. */
  releases: string;
  /** All releases of the workspace. */
  log: readonly LogEntry[];
  /** Look at what is there, write nothing. */
  dryRun: boolean;
  /** Files that are sent at once. */
  jobs: number;
  signal?: AbortSignal | undefined;
}

/**
 * Pushes a release that was verified: amendments, images, tables, the files beside data/, and release.json last, so that
 * nobody sees a release before all of it is there. Nothing at the destination is replaced but pointers, signatures and
 * notices. Run again, it goes on where it stopped.
 * @throws {CurationError} PUSH_CONFLICT when another release has the number, or other bytes are in a place; RELEASE_INVALID,
 * TRANSFER_FAILED, DISK_FULL, IO_FAILED, INTERRUPTED
 */
export async function pushRelease(entry: LogEntry, destination: Destination, options: PushOptions, effects: Effects): Promise<PushReport> {
  const { dryRun, releases, log } = options;
  const plan = planPush(entry);
  const notes = await checkClaim(destination, entry);
  const beside = await besideFiles(releases, log, entry, destination);
  const sender = new Sender(destination, { ...options, folder: entry.folder, totals: plan.totals }, effects);
  const take = async (): Promise<void> => (dryRun ? undefined : claim(destination, entry, readRegularFile(join(entry.folder, RELEASE_FILES.release), MAX_DOCUMENT_BYTES)));
  if (!destination.staged) await take();
  const written = await placeAll(destination, releases, beside, dryRun);
  await sender.sendImages(carriedImages(entry));
  await sender.sendFiles(plan.data);
  await sender.sendFiles(plan.tags);
  // Where the release is in place, what came later may be another one than there; where it is put aside, it is a file like all.
  if (destination.staged) await sender.sendFiles(plan.later);
  else written.push(...(await placeAll(destination, releases, plan.later.map(({ path }) => `${entry.document.version}/${path}`), dryRun)));
  await sender.sendFiles([plan.release]);
  if (destination.staged) await take();
  if (!dryRun) await destination.publish();
  const latest = dryRun ? ((await readLatest(destination))?.version ?? null) : await pointToLatest(destination, entry);
  return { dry_run: dryRun, release: describeRelease(entry), destination: destination.name, sent: sender.sent, there: sender.there, not_carried: plan.notCarried, beside: written, latest, notes };
}

async function placeAll(destination: Destination, releases: string, paths: readonly string[], dryRun: boolean): Promise<string[]> {
  const written: string[] = [];
  for (const path of paths) if (await placeDocument(destination, releases, path, dryRun)) written.push(path);
  return written;
}

/** The files of a release by the order in which they go. */
interface PushPlan {
  /** Below data/, without the images. */
  data: ReleaseFile[];
  /** Beside data/, without those of the next two. */
  tags: ReleaseFile[];
  /** Signature and notice. */
  later: ReleaseFile[];
  release: ReleaseFile;
  totals: FileTotals;
  notCarried: FileTotals;
}

/** Reads the lists to their end: they are those that release.json vouches for. */
function planPush({ folder, document, digest }: LogEntry): PushPlan {
  const beside = tagFiles(folder, digest);
  const data: ReleaseFile[] = [];
  const [totals, notCarried] = [{ files: 0, bytes: 0 }, { files: 0, bytes: 0 }];
  const count = (to: FileTotals, { size_bytes }: ReleaseFile): void => {
    to.files += 1;
    to.bytes += size_bytes;
  };
  for (const file of beside) count(totals, file);
  for (const file of payloadEntries(folder, document)) {
    count(file.carried ? totals : notCarried, file);
    if (file.carried && !file.path.startsWith(IMAGE_FOLDER)) data.push(file);
  }
  const release = beside.find(({ path }) => path === RELEASE_FILES.release) as ReleaseFile;
  return { data, tags: beside.filter((file) => file !== release && !file.later), later: beside.filter(({ later }) => later), release, totals, notCarried };
}

function* carriedImages({ folder, document }: LogEntry): Generator<PayloadEntry> {
  for (const file of payloadEntries(folder, document)) if (file.carried && file.path.startsWith(IMAGE_FOLDER)) yield file;
}
