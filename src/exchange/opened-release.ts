import { Catalog } from '../catalog/catalog.js';
import type { ReleaseDocument } from '../model/release.js';
import type { LogEntry } from '../release/release-log.js';
import { releaseSide, type Side } from '../release/diff/side.js';

/** Memory of DuckDB while the tables of a release are read; what goes beyond is spilled to disk. */
const EXPORT_MEMORY = '1GB';

/** A release whose tables were found to be those that were published, open for reading. */
export interface OpenedRelease {
  document: ReleaseDocument;
  /** Release digest: sha256 of release.json in hex. */
  digest: string;
  folder: string;
  /** In memory, with the folder of the release in reach. */
  catalog: Catalog;
  /** SQL relations of its tables. */
  side: Side;
}

/**
 * Opens the tables of a release for `use`, and closes them after it. Before that the manifest is held against release.json and
 * every table against the manifest.
 * @throws {CurationError} RELEASE_INVALID when a table, the dictionary or the manifest was changed
 */
export async function withRelease<T>(entry: LogEntry, use: (release: OpenedRelease) => Promise<T>): Promise<T> {
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [entry.folder], memoryLimit: EXPORT_MEMORY });
  try {
    const { document, digest, folder } = entry;
    return await use({ document, digest, folder, catalog, side: await releaseSide(catalog, entry) });
  } finally {
    catalog.close();
  }
}

/** Whether a table of a release has a column. */
export async function hasColumn(catalog: Catalog, relation: string, column: string): Promise<boolean> {
  const rows = await catalog.all<{ column_name: string }>(`DESCRIBE SELECT * FROM ${relation}`);
  return rows.some(({ column_name }) => column_name === column);
}
