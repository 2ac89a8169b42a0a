import type { ShardPurpose, ShardsMergeReport, ShardsPlanReport, ShardsRunReport, ShardsStatus } from '../model/shards.js';
import { escapeText } from './escape.js';
import { formatBytes, formatCount, formatDuration, formatNumber } from './units.js';

/** Shards that a text names one by one. */
const NAMED = 10;

/** What was planned, and what comes next. */
export function renderShardsPlan({ folder, purpose, items, bytes, shards }: ShardsPlanReport): string {
  if (folder === null) return 'There is nothing to do: no plan was made.';
  return [
    `Planned ${purposeText(purpose)}: ${formatNumber(shards.length, 'shard')} of ${formatNumber(items, 'file')}, ${formatBytes(bytes)}`,
    `  ${escapeText(folder)}`,
    '',
    'Run each shard, in any order and anywhere:  colophon shards run --index N',
    'Or let a scheduler do it:                   colophon shards template slurm',
    'Then take the results:                      colophon shards merge',
  ].join('\n');
}

/** What came of one shard. */
export function renderShardsRun({ index, status, items, failed, seconds }: ShardsRunReport): string {
  if (status === 'kept') return `Shard ${index} was done already: ${formatNumber(items, 'file')}`;
  const broken = failed === 0 ? '' : `; processes died on ${formatNumber(failed, 'file')}, and the result says so`;
  return `Shard ${index} is done: ${formatNumber(items, 'file')} in ${formatDuration(seconds)}${broken}`;
}

/** How far the shards are. */
export function renderShardsStatus({ purpose, shards, done, open, complete }: ShardsStatus): string {
  return [
    `${formatCount(done)} of ${formatNumber(shards, 'shard')} done (${purposeText(purpose)})`,
    ...open.slice(0, NAMED).map(({ index, fault, failure }) => {
      const why = failure === null ? '' : `; ${formatNumber(failure.attempts, 'attempt')} failed, the last with ${failure.code}: ${escapeText(failure.message)}`;
      return `  ${index}  result ${fault.replaceAll('-', ' ')}${why}`;
    }),
    ...(open.length > NAMED ? [`  … and ${formatCount(open.length - NAMED)} more`] : []),
    ...(complete ? ['', 'Take the results:  colophon shards merge'] : []),
  ].join('\n');
}

/** What was merged. */
export function renderShardsMerge({ shards, items, failed }: ShardsMergeReport): string {
  const broken = failed === 0 ? '' : `; processes died on ${formatNumber(failed, 'file')}`;
  return `Merged ${formatNumber(shards, 'shard')} with ${formatNumber(items, 'file')}${broken}`;
}

function purposeText(purpose: ShardPurpose): string {
  if (purpose.kind === 'pull') return `a pull of ${escapeText(purpose.source)}`;
  return purpose.kind === 'verify' ? `a verify of ${escapeText(purpose.path)}` : 'work of a command';
}
