import { CurationError } from '../errors.js';
import { unpublishablePathReason } from '../fixity/safe-path.js';
import { hasColumn, type OpenedRelease } from './opened-release.js';

/** An image file of a release, as its `instances` table has it. */
export interface ImageRow {
  path: string;
  size_bytes: number;
  sha256: string;
  /** Null when the release has no md5s. */
  md5: string | null;
  SOPInstanceUID: string;
}

/** Whether a release gives the md5 of its images. */
export function hasMd5({ catalog, side }: OpenedRelease): Promise<boolean> {
  return hasColumn(catalog, side.own('instances'), 'md5');
}

/**
 * The images of a release in the order of their paths, in chunks. Every path is fit to be published, so it holds no tab, quote, line end
 * or invisible character, and leads out of no folder.
 * @throws {CurationError} RELEASE_INVALID, INTERRUPTED
 */
export async function* imageRows(release: OpenedRelease, signal?: AbortSignal): AsyncGenerator<ImageRow[], void, undefined> {
  const md5 = (await hasMd5(release)) ? 'md5' : 'NULL::VARCHAR AS md5';
  const sql = `SELECT path, size_bytes, sha256, ${md5}, SOPInstanceUID FROM ${release.side.own('instances')} ORDER BY path`;
  for await (const rows of release.catalog.stream<ImageRow>(sql)) {
    if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
    for (const { path } of rows) assertPath(path, release.folder);
    yield rows;
  }
}

/** An image content: one file, or several with the same bytes. */
export type ContentRow = ImageRow & { paths: readonly string[] };

/**
 * The different contents of the images of a release, each where the first of its paths is, with all of them. Only those that are there
 * more than once are held in memory.
 * @throws {CurationError} RELEASE_INVALID, INTERRUPTED
 */
export async function* contentRows(release: OpenedRelease, signal?: AbortSignal): AsyncGenerator<ContentRow, void, undefined> {
  const images = release.side.own('instances');
  const repeated = await release.catalog.all<{ sha256: string; paths: string[] }>(`
    SELECT sha256, list(path ORDER BY path) AS paths FROM ${images}
    WHERE sha256 IN (SELECT sha256 FROM ${images} GROUP BY sha256 HAVING count(*) > 1) GROUP BY sha256`);
  const pathsOf = new Map(repeated.map(({ sha256, paths }) => [sha256, paths]));
  for await (const rows of imageRows(release, signal))
    for (const row of rows) {
      const paths = pathsOf.get(row.sha256) ?? [row.path];
      if (paths[0] === row.path) yield { ...row, paths };
    }
}

/**
 * Asserts that a path from a table of a release may be written anywhere.
 * @throws {CurationError} RELEASE_INVALID
 */
export function assertPath(path: string, folder: string): void {
  const reason = unpublishablePathReason(path);
  if (reason === null) return;
  throw new CurationError('RELEASE_INVALID', `The release at ${folder} lists a path that ${reason}.`, {
    found: JSON.stringify(path).slice(0, 200),
    suggestions: [`See what else is wrong: colophon verify ${folder}`],
  });
}
