import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { identifier, literal, RELEASED_IMAGES } from '../sql.js';

interface PublishedRow {
  source: string;
  path: string;
  version: string;
  /** What is the same: `bytes`, `pixels` or `SOPInstanceUID`. */
  what: string;
  other: string;
  sha256: string | null;
}

/** What an `instances` table must say for images to be met in it. */
const NEEDED = ['case_id', 'SOPInstanceUID', 'sha256'];
/** Digests of pixels, where a release publishes them. */
const PIXEL_COLUMNS = ['pixel_digest', 'pixel_probe'];

/** DUP-008: an image that an earlier release holds under another case or another UID. */
export const publishedBeforeCheck: Check = {
  codes: ['DUP-008'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.images === 0) return coverage.notApplicable('DUP-008', 'there are no image files');
    const published = await gather(input);
    if (published.length === 0) return coverage.notApplicable('DUP-008', 'no release with images was published before');
    const [images] = await input.catalog.all<{ n: number }>(`SELECT count(*) AS n FROM ${RELEASED_IMAGES}`);
    coverage.looked('DUP-008', images?.n ?? 0);
    for await (const rows of input.catalog.stream<PublishedRow>(meet(published))) for (const row of rows) yield draft(row);
  },
};

/** A SELECT of each release's instances with the columns that are compared. */
async function gather({ catalog, releases }: CheckInput): Promise<string[]> {
  const selects: string[] = [];
  for (const [order, { version, tables }] of releases.entries()) {
    const relation = tables.get('instances');
    if (relation === undefined) continue;
    const described = await catalog.all<{ column_name: string }>(`SELECT column_name FROM (DESCRIBE SELECT * FROM ${relation})`);
    const columns = new Set(described.map(({ column_name }) => column_name));
    if (!NEEDED.every((column) => columns.has(column))) continue;
    const pixels = PIXEL_COLUMNS.map((column) => (columns.has(column) ? identifier(column) : `NULL::VARCHAR AS ${column}`));
    selects.push(`SELECT ${order} AS release_order, ${literal(version)} AS version, ${NEEDED.map(identifier).join(', ')}, ${pixels.join(', ')} FROM ${relation}`);
  }
  return selects;
}

/** Each image that was met, once: in the earliest release, by what is least in doubt. */
function meet(published: readonly string[]): string {
  const by = (rank: number, what: string, column: string): string => `
    SELECT i.source, i.path, i.sha256, p.release_order, p.version, ${rank} AS rank, '${what}' AS what,
      CASE WHEN p.case_id <> i.case_id THEN 'case' ELSE 'SOPInstanceUID' END AS other
    FROM image AS i JOIN published AS p ON p.${column} = i.${column} WHERE i.${column} <> '' AND (p.case_id <> i.case_id OR p.SOPInstanceUID <> i.SOPInstanceUID)`;
  return `
    WITH published AS (${published.join(' UNION ALL ')}),
    image AS (
      SELECT i.source, i.path, i.case_id, i.SOPInstanceUID, i.sha256, f.pixel_digest, f.pixel_probe
      FROM ${RELEASED_IMAGES} AS i LEFT JOIN inspection AS f ON f.source = i.source AND f.path = i.path),
    met AS (${[by(0, 'bytes', 'sha256'), by(1, 'pixels', 'pixel_digest'), by(2, 'pixels', 'pixel_probe'), by(3, 'SOPInstanceUID', 'SOPInstanceUID')].join(' UNION ALL ')})
    SELECT source, path, any_value(sha256) AS sha256, first.version, first.what, first.other FROM (
      SELECT source, path, sha256, min({rank: rank, release_order: release_order, version: version, what: what, other: other}) AS first FROM met GROUP BY source, path, sha256)
    GROUP BY ALL ORDER BY source, path`;
}

function draft({ source, path, version, what, other, sha256 }: PublishedRow): FindingDraft {
  return {
    code: 'DUP-008',
    message: other === 'case' ? 'An earlier release holds the image under another case.' : 'An earlier release holds the image under another SOPInstanceUID.',
    location: { kind: 'file', path: `${source}/${path}` },
    hint: 'Keep the identifiers that were published, or withdraw the case and say so.',
    expected: `the ${other === 'case' ? 'case' : 'SOPInstanceUID'} of release ${version}`,
    found: `the same ${what} under another ${other}`,
    content: sha256,
  };
}
