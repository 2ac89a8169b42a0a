import type { PackReport, PlannedShard, TransferredRelease } from '../model/transfer.js';
import type { LogEntry } from '../release/release-log.js';
import type { PackPlan, ShardOptions } from './pack-plan.js';
import type { ShardPlan } from './shard-plan.js';

/** The metadata, then the images; what only the finished archives tell is null. */
export function plannedShards(entry: LogEntry, { format, shardBytes }: ShardOptions, { metadata, metadata_bytes, metadata_bound, shards }: PackPlan): PlannedShard[] {
  const digits = Math.max(3, String(shards.length).length);
  const name = (number: number): string => `${packName(entry)}-${String(number).padStart(digits, '0')}.${format}`;
  const unknown = { size_bytes: null, sha256: null };
  return [
    { name: name(0), ...unknown, files: metadata.length, content_bytes: metadata_bytes, first: null, last: null, oversized: metadata_bound > shardBytes },
    ...shards.map(({ files, content_bytes, first, last, oversized }: ShardPlan, index) => ({ name: name(index + 1), ...unknown, files, content_bytes, first, last, oversized })),
  ];
}

/** First part of every name: dataset and version; a dataset whose id is no plain name gives its version alone. */
export function packName({ document: { dataset, version } }: LogEntry): string {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(dataset.id) ? `${dataset.id}-${version}` : `release-${version}`;
}

/** The release as reports name it. */
export function describeRelease({ document: { dataset, version }, digest }: LogEntry): TransferredRelease {
  return { dataset: dataset.id, version, digest: `sha256:${digest}` };
}

/** Files and bytes of a pack. */
export function totals({ metadata, metadata_bytes, shards }: PackPlan): { files: number; content_bytes: number } {
  return {
    files: shards.reduce((sum, { files }) => sum + files, metadata.length),
    content_bytes: shards.reduce((sum, { content_bytes }) => sum + content_bytes, metadata_bytes),
  };
}

/** What was packed, or in a dry run would be. */
export function packReport(entry: LogEntry, { format, by, output, dryRun }: ShardOptions & { output: string; dryRun: boolean }, plan: PackPlan, shards: PlannedShard[]): PackReport {
  return {
    dry_run: dryRun,
    release: describeRelease(entry),
    archive: format,
    by,
    path: output,
    ...totals(plan),
    units: plan.shards.reduce((sum, { units }) => sum + units, 0),
    size_bytes: dryRun ? null : shards.reduce((sum, { size_bytes }) => sum + (size_bytes ?? 0), 0),
    not_carried: plan.not_carried,
    shards,
  };
}
