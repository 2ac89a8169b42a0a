import { join } from 'node:path';
import { quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { exportLines } from '../catalog/text-lines.js';
import { RELEASE_FILES } from '../model/release.js';
import type { ListInput, ListTotals } from './bag-lists.js';
import { flushFiles } from './payload.js';

/** Names that mean the same in a list and in a URL: nothing in them is encoded (RFC 8493 2.1.3, RFC 3986 2.3), none is `.` or `..`. */
const PLAIN = '([A-Za-z0-9_-][A-Za-z0-9._-]*/)*[A-Za-z0-9_-][A-Za-z0-9._-]*';

/** Whether every image is listed by a line that is put together from its columns as they are. */
export async function arePlain(catalog: Catalog, fetchBase: string | null): Promise<boolean> {
  const [odd] = await catalog.all<{ found: boolean; path: string | null }>(
    `SELECT coalesce(bool_or(NOT coalesce(regexp_full_match(path, '${PLAIN}') AND regexp_full_match(sha256, '[0-9a-f]{64}') AND size_bytes >= 0, false)), true) AS found,
      any_value(path) AS path FROM candidate_instance`,
  );
  if (odd === undefined || odd.found) return false;
  return fetchBase === null || new URL(`${fetchBase}${odd.path}`).href === `${new URL(fetchBase).href}${odd.path}`;
}

/** Where the images stand among the payload files: all side by side. */
const IMAGES = 'data/images/';

/** Writes the lists of a candidate whose images are plain, durable. */
export async function writePlainLists(catalog: Catalog, { folder, files, fetchBase, sorted }: ListInput): Promise<ListTotals> {
  await fillFiles(catalog, files);
  const others = (condition: string): string => `(SELECT path, size_bytes, sha256 FROM candidate_file WHERE ${condition} ORDER BY path)`;
  const images = `(SELECT path, size_bytes, sha256 FROM ${sorted})`;
  const all = `(FROM ${others(`path < '${IMAGES}'`)} UNION ALL FROM ${images} UNION ALL FROM ${others(`path >= '${IMAGES}'`)})`;
  const lists: [name: string, line: string, from: string][] = [
    [RELEASE_FILES.manifest, "sha256 || '  ' || path", all],
    [RELEASE_FILES.sizes, "size_bytes || '  ' || path", all],
  ];
  if (fetchBase !== null) lists.push([RELEASE_FILES.fetch, `${quoteLiteral(new URL(fetchBase).href)} || path || ' ' || size_bytes || ' ' || path`, images]);
  for (const [name, line, from] of lists) await exportLines(catalog, { query: `SELECT ${line} FROM ${from}`, path: join(folder, name) });
  await flushFiles(lists.map(([name]) => join(folder, name)));
  const [totals] = await catalog.all<ListTotals>(`SELECT count(*) AS files, sum(size_bytes)::BIGINT AS bytes FROM ${all}`);
  return totals ?? { files: 0, bytes: 0 };
}

/** `candidate_file` (path, size_bytes, sha256): the payload files that are no images. */
async function fillFiles(catalog: Catalog, files: ListInput['files']): Promise<void> {
  await catalog.run('CREATE OR REPLACE TABLE candidate_file (path VARCHAR, size_bytes BIGINT, sha256 VARCHAR)');
  const appender = await catalog.appender('candidate_file');
  try {
    for (const { path, size_bytes, sha256 } of files) appender.appendRow([path, size_bytes, sha256]);
  } finally {
    appender.close();
  }
}
