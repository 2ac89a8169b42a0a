import type { Catalog } from './catalog.js';
import { limitBytes } from './memory.js';

/** All that would be published but the images: released cases, the table files, the tags and the assignments, one line each. */
const LINES = `
  SELECT 'case' || chr(31) || case_id AS line FROM case_ WHERE status = 'accepted'
  UNION ALL
  SELECT concat_ws(chr(31), 'table', source, path, sha256, status) FROM table_file
  UNION ALL
  SELECT concat_ws(chr(31), 'tag', t.source, t.path, t.model, t.version, t.model_sha256, coalesce(t.label, ''), coalesce(t.error, ''), round(coalesce(t.score, 0), 4)) FROM current_tag AS t
    JOIN case_ AS c ON c.case_id = t.case_id AND c.status = 'accepted'
  UNION ALL
  SELECT concat_ws(chr(31), 'part', a.split, a.case_id, a.part) FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'accepted'
    WHERE list_contains(?::VARCHAR[], a.split)`;

/** Images go into buckets by the first byte of their digest: from 0, one after the other. */
const BUCKETS = 256;
const BUCKET = `coalesce(try_cast('0x' || substr(i.sha256, 1, 2) AS INTEGER), 0)`;

/** The images of released cases, one line each. */
const IMAGE_LINES = `
  SELECT ${BUCKET} AS bucket, concat_ws(chr(31), 'image', i.source, i.path, coalesce(i.sha256, ''), i.status, i.case_id) AS line FROM instance AS i
    JOIN case_ AS c ON c.case_id = i.case_id AND c.status = 'accepted'`;

/** Images of one pass at most. */
const IMAGES_A_PASS = 2_000_000;

/** What an aggregate sorts is held in memory and never spilled, some 250 bytes an image: of DuckDB's memory half, with a margin. */
const LIMIT_BYTES_AN_IMAGE = 1000;

/**
 * sha256 (64 hex digits) over what a release of this catalog would be made from; of any order of its rows. Bring the
 * status of the cases up to date first.
 * @param splits the splits that a release publishes
 * @param imagesAPass how many are looked at at once, as many as fit into the memory when absent; changes nothing else
 */
export async function digestJudged(catalog: Catalog, splits: readonly string[], imagesAPass?: number): Promise<string> {
  const [count] = await catalog.all<{ n: number }>('SELECT count(*) AS n FROM instance');
  const passes = Math.min(BUCKETS, Math.ceil(((count?.n ?? 0) + 1) / (imagesAPass ?? (await imagesThatFit(catalog)))));
  const digests = await digestBuckets(catalog, `SELECT -1 AS bucket, line FROM (${LINES})`, [splits]);
  // each pass takes the buckets behind those of the pass before: in how many passes they come changes nothing
  for (let pass = 0; pass < passes; pass++) {
    const [from, to] = [Math.round((pass * BUCKETS) / passes), Math.round(((pass + 1) * BUCKETS) / passes)];
    digests.push(...(await digestBuckets(catalog, `SELECT * FROM (${IMAGE_LINES}) WHERE bucket >= ${from} AND bucket < ${to}`, [])));
  }
  const [row] = await catalog.all<{ digest: string }>('SELECT sha256(?) AS digest', [digests.join('')]);
  return row?.digest ?? '';
}

async function imagesThatFit(catalog: Catalog): Promise<number> {
  const [row] = await catalog.all<{ bytes: string }>("SELECT current_setting('memory_limit') AS bytes");
  return Math.min(IMAGES_A_PASS, limitBytes(row?.bytes ?? '') / LIMIT_BYTES_AN_IMAGE);
}

/** A text a bucket: its number, and the digest of its lines in any order. */
async function digestBuckets(catalog: Catalog, lines: string, params: readonly (readonly string[])[]): Promise<string[]> {
  const rows = await catalog.all<{ text: string }>(
    `SELECT bucket || ' ' || sha256(string_agg(digest, '' ORDER BY digest)) || ' ' AS text FROM (SELECT bucket, sha256(line) AS digest FROM (${lines})) GROUP BY bucket ORDER BY bucket`,
    [...params],
  );
  return rows.map(({ text }) => text);
}
