import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statfsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError, wrapSystemError } from '../errors.js';
import { fsyncFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import { FileDigester } from '../fixity/digest.js';
import { formatManifestLine } from '../fixity/manifest.js';
import { compareBytewise } from '../fixity/order.js';
import type { PackReport, PackShard } from '../model/transfer.js';
import type { LogEntry } from '../release/release-log.js';
import { IndexWriter } from './index-writer.js';
import { planPack, type PackPlan, type ShardOptions } from './pack-plan.js';
import { describeRelease, packName, packReport, plannedShards } from './pack-report.js';
import { Packer } from './packer.js';
import { END_BYTES } from './shard-plan.js';

export interface PackOptions extends ShardOptions {
  /** Compress the entries of a zip. */
  deflate: boolean;
  /** Absolute folder for the shards; there must be nothing in it. */
  output: string;
  dryRun: boolean;
  signal?: AbortSignal | undefined;
}

/** What `sha256sum -c` reads. */
const SUMS_FILE = 'SHA256SUMS';

/** Where a pack is written before it has its name; what a run that was killed left there is swept by the next one. */
export function packStaging(output: string): string {
  return join(dirname(output), `.${basename(output)}.packing`);
}

/**
 * Packs a release into archives of limited size, with an index and a SHA256SUMS beside them. Every byte is held against the
 * lists of the release on its way; the folder has its name only when all of it is whole and durable. The caller keeps
 * others from packing into the same folder meanwhile.
 * @throws {CurationError} RELEASE_INVALID for a damaged release, USAGE when there is something in `output`, DISK_FULL,
 * IO_FAILED, INTERRUPTED; nothing is left then
 */
export async function packRelease(entry: LogEntry, options: PackOptions, effects: Effects): Promise<PackReport> {
  refuseTaken(options.output);
  const plan = planPack(entry, options);
  const staging = packStaging(options.output);
  if (options.dryRun) return packReport(entry, options, plan, plannedShards(entry, options, plan));
  try {
    rmSync(staging, { recursive: true, force: true });
    mkdirSync(staging, { recursive: true });
    requireSpace(staging, plan);
    const shards = await writePack(staging, entry, options, plan, effects);
    renameSync(staging, options.output);
    fsyncFolder(dirname(options.output));
    return packReport(entry, options, plan, shards);
  } catch (error) {
    rmSync(staging, { recursive: true, force: true });
    throw wrapSystemError(error, 'packing the release', options.output);
  }
}

async function writePack(staging: string, entry: LogEntry, options: PackOptions, plan: PackPlan, effects: Effects): Promise<PackShard[]> {
  const name = `${packName(entry)}.index.json`;
  const index = new IndexWriter(join(staging, name), { archive: options.format, by: options.by });
  try {
    const shards = await new Packer(staging, entry, options, plan, index, effects).run();
    index.finish({ not_carried: plan.not_carried, release: describeRelease(entry), shards });
    const { sha256 } = new FileDigester().digestFile(join(staging, name));
    const sums = [...shards, { name, sha256 }].sort((a, b) => compareBytewise(a.name, b.name));
    writeFileAtomic(join(staging, SUMS_FILE), sums.map((each) => formatManifestLine(each.sha256, each.name)).join(''));
    return shards;
  } finally {
    index.abandon();
  }
}

function refuseTaken(output: string): void {
  if (!existsSync(output)) return;
  let names: string[];
  try {
    names = readdirSync(output);
  } catch (error) {
    throw wrapSystemError(error, 'reading the folder', output);
  }
  if (names.length === 0) return;
  throw new CurationError('USAGE', `There is something in the folder already, and it is not replaced: ${output}`, {
    suggestions: ['Name another folder: --output DIR', 'Or move that one away.'],
  });
}

/** Refuses to begin what cannot end. */
function requireSpace(folder: string, { metadata_bound, shards }: PackPlan): void {
  const needed = shards.reduce((sum, { bound_bytes }) => sum + bound_bytes + END_BYTES, metadata_bound);
  const { bavail, bsize } = statfsSync(folder);
  if (bavail * bsize >= needed) return;
  throw new CurationError('DISK_FULL', `There is not enough space for the archives: ${folder}`, {
    expected: `${needed} bytes free`,
    found: `${bavail * bsize} bytes free`,
    suggestions: ['Name a folder on another disk: --output DIR'],
  });
}
