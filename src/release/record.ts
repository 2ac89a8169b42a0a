import type { Catalog } from '../catalog/catalog.js';
import { releaseStatus, type LogEntry } from './release-log.js';
import { releaseSide } from './diff/side.js';

/**
 * Brings the catalog's record of what was released (`release`, and `release_item` for cases) up to date with the log, also
 * in a catalog that was rebuilt. A release whose folder is not here, or was edited, is recorded without its cases.
 */
export async function recordReleases(catalog: Catalog, log: readonly LogEntry[]): Promise<void> {
  const known = await catalog.all<{ version: string; digest: string; items: boolean }>(
    'SELECT version, digest, EXISTS (FROM release_item AS i WHERE i.version = release.version) AS items FROM release',
  );
  const complete = new Set(known.filter(({ items }) => items).map(({ digest }) => digest));
  await catalog.transaction(async () => {
    await catalog.run('DELETE FROM release');
    for (const entry of log) {
      const { version, sequence, date } = entry.document;
      await catalog.run('INSERT INTO release VALUES (?, ?, ?::DATE, ?)', [version, sequence, date, entry.digest]);
      if (complete.has(entry.digest)) continue;
      await catalog.run('DELETE FROM release_item WHERE version = ?', [version]);
      if (releaseStatus(entry) !== 'published') continue;
      const side = await releaseSide(catalog, entry);
      await catalog.run(`INSERT INTO release_item SELECT ?, 'case', case_id, digest FROM ${side.own('cases')}`, [version]);
    }
  });
}
