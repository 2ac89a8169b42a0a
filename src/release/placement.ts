import type { Catalog } from '../catalog/catalog.js';
import { CurationError } from '../errors.js';
import { collisionKey, unpublishablePathReason } from '../fixity/safe-path.js';

interface Placed {
  case_id: string;
  StudyInstanceUID: string | null;
  SeriesInstanceUID: string | null;
  SOPInstanceUID: string | null;
  source: string;
  source_path: string;
}

const COMPONENTS = ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'] as const;

/** What a plain case_id or UID looks like: no publish rule can object to it (safe-path.ts), so SQL passes over millions. */
const PLAIN_CASE = '^[A-Za-z0-9_-]{5,128}$';
const PLAIN_UID = '^[0-9]+([.][0-9]+)*$';

/**
 * Checks that every image of the candidate has a place in the release and has it alone. Components come from headers, so
 * they are data of strangers: none is joined to a path before it passed.
 * @throws {CurationError} RELEASE_INVALID naming the first image and how many there are
 */
export async function checkInstances(catalog: Catalog): Promise<void> {
  await refuseUnplaceable(catalog);
  await refuseTwins(catalog);
  await refuseCollisions(catalog);
}

async function refuseUnplaceable(catalog: Catalog): Promise<void> {
  const plainUids = COMPONENTS.slice(1).map((name) => `coalesce(regexp_full_match(${name}, '${PLAIN_UID}') AND length(${name}) <= 64, false)`);
  const odd = catalog.stream<Placed>(`
    SELECT ${COMPONENTS.join(', ')}, source, source_path FROM candidate_instance
    WHERE NOT (regexp_full_match(case_id, '${PLAIN_CASE}') AND ${plainUids.join(' AND ')}) ORDER BY source, source_path`);
  for await (const rows of odd) {
    for (const row of rows) {
      for (const name of COMPONENTS) {
        const reason = componentReason(row[name], name === 'SOPInstanceUID' ? '.dcm' : '');
        if (reason === null) continue;
        throw new CurationError('RELEASE_INVALID', `The image ${row.source}/${row.source_path} has no place in a release: its ${name} ${reason}.`, {
          found: JSON.stringify(row[name])?.slice(0, 200) ?? 'nothing',
          suggestions: ['Mend the file at its source, or take it out, and run: colophon pull'],
        });
      }
    }
  }
}

/** Why a value cannot name a folder or, with its ending, a file; null when it can. */
function componentReason(value: string | null, ending: string): string | null {
  if (value === null || value === '') return 'is missing';
  if (value.includes('/')) return 'holds a slash';
  return unpublishablePathReason(value) ?? unpublishablePathReason(value + ending);
}

async function refuseTwins(catalog: Catalog): Promise<void> {
  // hashes first: ten million of them fit into memory, where as many UIDs with the names of their files do not
  const twins = await catalog.all<{ first: string; second: string; uid: string; n: number }>(`
    SELECT SOPInstanceUID AS uid, min(source || '/' || source_path) AS first, max(source || '/' || source_path) AS second,
      count(*) OVER () AS n
    FROM candidate_instance WHERE hash(SOPInstanceUID) IN (SELECT hash(SOPInstanceUID) FROM candidate_instance GROUP BY ALL HAVING count(*) > 1)
    GROUP BY SOPInstanceUID HAVING count(*) > 1 ORDER BY first LIMIT 1`);
  const [twin] = twins;
  if (twin === undefined) return;
  throw new CurationError('RELEASE_INVALID', `Two images have one SOPInstanceUID: ${twin.first} and ${twin.second}${twin.n > 1 ? `, and ${twin.n - 1} more UIDs occur twice` : ''}.`, {
    found: twin.uid,
    suggestions: ['Take one of the two out at the source and run: colophon pull'],
  });
}

/** Two names that one file system takes for one; only names with letters can be such. */
async function refuseCollisions(catalog: Catalog): Promise<void> {
  const seen = new Map<string, string>();
  for (const name of COMPONENTS) {
    const where = name === 'case_id' ? 'true' : `NOT regexp_full_match(${name}, '${PLAIN_UID}')`;
    for await (const rows of catalog.stream<{ value: string }>(`SELECT DISTINCT ${name} AS value FROM candidate_instance WHERE ${where} ORDER BY value`)) {
      for (const { value } of rows) {
        const key = `${name} ${collisionKey(value)}`;
        const other = seen.get(key);
        if (other !== undefined)
          throw new CurationError('RELEASE_INVALID', `Two values of ${name} are one name where case or Unicode form does not count: ${JSON.stringify(other)} and ${JSON.stringify(value)}.`, {
            suggestions: ['Give one of them another id: a release must unpack on every file system.'],
          });
        seen.set(key, value);
      }
    }
  }
}
