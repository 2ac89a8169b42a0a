import { CurationError } from '../errors.js';
import type { LogEntry } from '../release/release-log.js';
import { releaseSide } from '../release/diff/side.js';
import { matchByName, type Comparison } from './compare-folder.js';
import { BUNDLE, type ExpectedList } from './expected-list.js';
import { uuidOf } from './idc-index.js';
import type { ImportLog } from './import-log.js';
import { hasColumn } from './opened-release.js';

interface FoundImage {
  path: string;
  line: number;
  there: boolean;
  size_bytes: number | null;
  found_bytes: number | null;
  sha256: string | null;
  found_sha256: string | null;
  md5: string | null;
  found_md5: string | null;
}

/**
 * Compares a manifest with what a release says of its images; no image is read. Entries whose path is there are compared by size and checksum, others
 * are looked for by id: SeriesInstanceUID, or a UUID that an export of ours gives to a series or an image.
 * @param list opened with the folder of the release in reach
 * @throws {CurationError} RELEASE_INVALID, INTERRUPTED
 */
export async function compareWithRelease(list: ExpectedList, log: ImportLog, entry: LogEntry, signal?: AbortSignal): Promise<Comparison> {
  const { catalog } = list;
  const side = await releaseSide(catalog, entry);
  const images = side.own('instances');
  const md5 = (await hasColumn(catalog, images, 'md5')) ? 'i.md5' : 'NULL::VARCHAR';
  await catalog.run(`CREATE TABLE element AS SELECT SeriesInstanceUID AS name FROM ${side.own('series')} UNION ALL SELECT ${uuidOf('digest')} FROM ${side.own('series')}
    UNION ALL SELECT ${uuidOf('sha256')} FROM ${images}`);
  const result: Comparison = { matched: 0, files: entry.document.counts.instances, bytes: 0 };
  const sql = `SELECT e.*, (i.path IS NOT NULL OR n.name IS NOT NULL) AS there, i.size_bytes AS found_bytes, i.sha256 AS found_sha256, ${md5} AS found_md5
    FROM (SELECT path, min(line) AS line, min(id) AS id, max(size_bytes) AS size_bytes, max(md5) AS md5, max(sha256) AS sha256 FROM expected
      WHERE path IS NOT NULL AND source <> '${BUNDLE}' GROUP BY path) AS e
    LEFT JOIN ${images} AS i ON i.path = e.path
    LEFT JOIN (SELECT DISTINCT name FROM element) AS n ON n.name = regexp_replace(e.id, '^.*/', '') ORDER BY e.path`;
  for await (const rows of catalog.stream<FoundImage>(sql)) {
    if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
    for (const row of rows) if (compareImage(row, log)) result.matched += 1;
  }
  result.matched += await matchByName(list, log);
  const [listed] = await catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${images} WHERE path IN (SELECT path FROM expected WHERE path IS NOT NULL)`);
  const rest = listed === undefined || listed.n === 0 ? 0 : result.files - listed.n;
  if (rest > 0) log.notes.push(`${rest} of the ${result.files} images of the release are not in the manifest: it is a part.`);
  return result;
}

function compareImage(row: FoundImage, log: ImportLog): boolean {
  const pairs: [string, string | number | null, string | number | null][] = [['bytes', row.size_bytes, row.found_bytes], ['sha256', row.sha256, row.found_sha256], ['md5', row.md5, row.found_md5]]; // prettier-ignore
  const wrong = pairs.find(([, expected, found]) => expected !== null && found !== null && expected !== found);
  if (!row.there) log.report('missing', row.path, `It is on line ${row.line} of the manifest, and the release has no such image.`);
  else if (wrong !== undefined) log.report('corrupt', row.path, 'The release has other bytes under this path.', { expected: `${wrong[0]} ${wrong[1]}`, found: `${wrong[0]} ${wrong[2]}` });
  return row.there && wrong === undefined;
}
