import type { WorkerReport } from '../model/worker.js';
import { escapeText } from './escape.js';
import { formatBytes, formatDuration, formatNumber } from './units.js';

/** What a worker did while it served. */
export function renderWorker({ worker, shards, files, bytes, failed, given_back, seconds }: WorkerReport): string {
  const others = [failed > 0 ? `${formatNumber(failed, 'shard')} failed` : '', given_back > 0 ? `${formatNumber(given_back, 'shard')} given back` : ''];
  const work = `${formatNumber(shards, 'shard')} done (${formatNumber(files, 'item')}, ${formatBytes(bytes)})`;
  return `${escapeText(worker)}: ${[work, ...others].filter((part) => part !== '').join(', ')}, in ${formatDuration(seconds)}`;
}
