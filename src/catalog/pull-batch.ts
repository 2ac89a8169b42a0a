import type { Catalog } from './catalog.js';

/** A pull of one source as the catalog remembers it. */
export interface PullBatch {
  source: string;
  kind: string;
  contributor: string | null;
  began: Date;
  /** JSON; without secrets. */
  asked: string;
}

/** Notes that a source is being pulled; returns the number of the batch. Images of a pull that did not end stay with that one. */
export async function beginBatch(catalog: Catalog, { source, kind, contributor, began, asked }: PullBatch): Promise<number> {
  const [last] = await catalog.all<{ batch: number | null }>('SELECT max(batch) AS batch FROM pull_batch WHERE source = ?', [source]);
  await claimImages(catalog, source, last?.batch ?? 0);
  const [row] = await catalog.all<{ batch: number }>('SELECT coalesce(max(batch), 0) + 1 AS batch FROM pull_batch');
  const batch = row?.batch ?? 1;
  await catalog.run('INSERT INTO pull_batch VALUES (?, ?, ?, ?, ?::TIMESTAMP, NULL, ?)', [batch, source, kind, contributor, timestamp(began), asked]);
  return batch;
}

/** Notes that the images of a source that are of no batch yet are of this one. */
export async function claimImages(catalog: Catalog, source: string, batch: number): Promise<void> {
  await catalog.run('UPDATE instance SET batch = ? WHERE source = ? AND batch IS NULL', [batch, source]);
}

/** Notes that all of it was pulled. */
export async function endBatch(catalog: Catalog, batch: number, ended: Date): Promise<void> {
  await catalog.run('UPDATE pull_batch SET ended = ?::TIMESTAMP WHERE batch = ?', [timestamp(ended), batch]);
}

/** UTC, without a zone: DuckDB would move it into that of the machine. */
function timestamp(moment: Date): string {
  return moment.toISOString().replace('T', ' ').replace('Z', '');
}
