import type { Catalog } from '../catalog/catalog.js';
import type { ImportedManifest } from '../model/exchange.js';
import { BUNDLE, type ExpectedList } from './expected-list.js';
import type { ImportLog } from './import-log.js';

/** Origins that are told by name. */
const MAX_ORIGINS = 100;

interface Repeated {
  source: string;
  id: string | null;
  path: string | null;
  n: number;
  lines: number[];
}

/** Tells entries that are there twice, that contradict one another, and paths that are one file where case does not count. */
export async function reportRepeats({ catalog }: ExpectedList, log: ImportLog): Promise<void> {
  for await (const { source, id, path, n, lines } of query<Repeated>(catalog, `
    SELECT source, id, path, count(*) AS n, min(line, 2) AS lines FROM expected WHERE id IS NOT NULL OR path IS NOT NULL
    GROUP BY source, id, path HAVING count(*) > 1 ORDER BY lines, source`))
    log.defect(lines[1] ?? 0, `The entry is there ${n} times, first on line ${lines[0]}.`, { kind: 'duplicate', found: path ?? id ?? '', ...fileOf(source) });
  for await (const { id, lines } of query<Repeated>(catalog, `
    SELECT id, min(line, 2) AS lines FROM expected WHERE id IS NOT NULL
    GROUP BY id HAVING greatest(count(DISTINCT size_bytes), count(DISTINCT md5), count(DISTINCT sha256)) > 1 ORDER BY lines`))
    log.defect(lines[1] ?? 0, `Two entries have this id, and other sizes or checksums; the first is on line ${lines[0]}.`, { found: id ?? '' });
  for await (const { source, path, lines } of query<Repeated>(catalog, `
    SELECT source, path, min(line, 2) AS lines FROM expected WHERE path IS NOT NULL GROUP BY source, path HAVING count(DISTINCT id) > 1 ORDER BY lines`))
    log.defect(lines[1] ?? 0, `Two entries with other ids have this path; the first is on line ${lines[0]}.`, { kind: 'duplicate', found: path ?? '', ...fileOf(source) });
  for await (const { path, lines } of query<Repeated>(catalog, `
    SELECT max(path) AS path, min(line, 2) AS lines FROM expected WHERE path IS NOT NULL GROUP BY fold HAVING count(DISTINCT path) > 1 ORDER BY lines`))
    log.defect(lines[0] ?? 0, 'Two paths are one where case or Unicode form does not count.', { kind: 'collision', found: path ?? '' });
}

function fileOf(source: string): { file?: string } {
  return source === '' || source === BUNDLE ? {} : { file: source };
}

/** Tells paths that some of the manifests of a bag have and others lack: in BagIt 1.0 each lists all (RFC 8493 §3). */
export async function reportUneven({ catalog }: ExpectedList, log: ImportLog): Promise<void> {
  for await (const { path, lines, source } of query<Repeated>(catalog, `
    SELECT path, min(source) AS source, min(line, 1) AS lines FROM expected WHERE source LIKE 'manifest-%' AND path IS NOT NULL
    GROUP BY path HAVING count(DISTINCT source) < (SELECT count(DISTINCT source) FROM expected WHERE source LIKE 'manifest-%') ORDER BY path`))
    log.defect(lines[0] ?? 0, 'Not every manifest of the bag lists this file.', { file: source, found: path ?? '' });
}

/** What the report of an import says in numbers. */
export type ManifestCounts = Pick<ImportedManifest, 'entries' | 'distinct' | 'bytes' | 'without_size' | 'without_checksum' | 'origins' | 'superseded'>;

/** Counts what was read; an entry that is there twice counts once in all but `entries`. */
export async function countEntries({ catalog, entries }: ExpectedList): Promise<ManifestCounts> {
  const [sums] = await catalog.all<{ n: number; bytes: number; sizes: number; sums: number; replaced: number; removed: number }>(`
    SELECT count(*) AS n, coalesce(sum(size_bytes), 0)::BIGINT AS bytes, count(*) FILTER (size_bytes IS NULL AND NOT bundle) AS sizes,
      count(*) FILTER (checksum IS NULL AND NOT bundle) AS sums, count(*) FILTER (replaced_by <> '') AS replaced, count(*) FILTER (replaced_by = '') AS removed
    FROM (
      SELECT max(size_bytes) AS size_bytes, max(coalesce(md5, sha1, sha256, sha512)) AS checksum, max(replaced_by) AS replaced_by, bool_or(source = '${BUNDLE}') AS bundle
      FROM expected GROUP BY id, path, CASE WHEN id IS NULL AND path IS NULL THEN url END)`);
  const origins = await catalog.all<{ origin: string; n: number }>(`SELECT origin, count(*) AS n FROM expected WHERE origin IS NOT NULL GROUP BY origin ORDER BY n DESC, origin LIMIT ${MAX_ORIGINS}`);
  const { n = 0, bytes = 0, sizes = 0, sums: checksums = 0, replaced = 0, removed = 0 } = sums ?? {};
  return {
    entries,
    distinct: n,
    bytes,
    without_size: sizes,
    without_checksum: checksums,
    origins: Object.fromEntries(origins.map(({ origin, n: count }): [string, number] => [origin, count]).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    superseded: replaced + removed === 0 ? null : { replaced, removed },
  };
}

async function* query<Row>(catalog: Catalog, sql: string): AsyncGenerator<Row, void, undefined> {
  for await (const rows of catalog.stream<Row>(sql)) yield* rows;
}
