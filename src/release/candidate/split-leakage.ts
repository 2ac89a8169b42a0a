import type { Catalog } from '../../catalog/catalog.js';
import { LEAK_KINDS, type LeakKind, type LeakReport, type SplitLeak } from '../../model/split-leak.js';

/** What is compared: SQL relations of what a release holds. None of them comes from the draw. */
export interface LeakSources {
  /** Columns split, case_id, part. */
  splits: string;
  /** By kind: columns case_id and key; cases with the same key must be in one part, in every split. */
  keys: ReadonlyMap<LeakKind, string>;
  /** Columns split, case_id, key: which cases move together in that split alone; null when nothing says so. */
  groups: string | null;
  /** Columns split, case_id: cases whose leak somebody accepted; absent when nobody can have. */
  accepted?: string;
}

/** Leaks that a report lists; all are counted. */
const MAX_LISTED = 1000;

/**
 * Looks for patients, studies and images in two parts of a split, in the tables that are published and not in what the
 * draw believed.
 */
export async function findLeaks(catalog: Catalog, sources: LeakSources): Promise<LeakReport> {
  const checked = LEAK_KINDS.filter((kind) => kind === 'assignment' || sources.keys.has(kind) || (kind === 'group' && sources.groups !== null));
  const leaks: SplitLeak[] = [];
  let total = 0;
  // streams, because a table that cannot be trusted may leak in every row
  for await (const rows of catalog.stream<SplitLeak>(leakQuery(sources))) {
    total += rows.length;
    leaks.push(...rows.slice(0, MAX_LISTED - leaks.length));
  }
  return { checked, not_checked: LEAK_KINDS.filter((kind) => !checked.includes(kind)), total, leaks };
}

/** Every case of a torn key that is not in the part of the key's least case, and that least case, once a split and kind. */
export function leakQuery({ splits, keys, groups, accepted }: LeakSources): string {
  const shared = [...keys].map(([kind, relation]) => sharedKeys(kind, 'NULL::VARCHAR', relation));
  if (groups !== null) shared.push(sharedKeys('group', 'split', groups));
  // a case with two parts shares itself with itself
  const own = `SELECT 'assignment' AS kind, split AS of_split, case_id AS key, case_id FROM ${splits} GROUP BY split, case_id HAVING min(part) <> max(part)`;
  return `
    WITH held AS (
      SELECT DISTINCT s.split, k.kind, k.key, s.case_id, s.part
      FROM (${[own, ...shared].join(' UNION ALL ')}) AS k JOIN ${splits} AS s ON s.case_id = k.case_id AND s.split = coalesce(k.of_split, s.split)
    ), torn AS (
      SELECT split, kind, key, min({case_id: case_id, part: part}) AS first FROM held GROUP BY split, kind, key HAVING min(part) <> max(part) AND (kind = 'assignment' OR min(case_id) <> max(case_id))
    )
    SELECT split, kind, case_id, part, other.case_id AS other_case, other.part AS other_part FROM (
      SELECT held.split, held.kind, held.case_id, held.part, min(torn.first) AS other
      FROM held JOIN torn ON torn.split = held.split AND torn.kind = held.kind AND torn.key = held.key AND torn.first.part <> held.part
      GROUP BY held.split, held.kind, held.case_id, held.part)
    ${accepted === undefined ? '' : `WHERE (split, case_id) NOT IN (SELECT (split, case_id) FROM ${accepted})`}
    ORDER BY split, case_id, kind, part`;
}

/**
 * Only keys that are there twice: the others tie nothing. Most keys of images are there once, and a hash is enough to pass over
 * those: ten million of them fit into memory, where as many keys with their cases do not.
 */
function sharedKeys(kind: LeakKind, ofSplit: string, relation: string): string {
  const held = `SELECT ${ofSplit} AS of_split, concat_ws(chr(31), ${ofSplit}, key::VARCHAR) AS key, case_id FROM ${relation} WHERE key::VARCHAR <> '' AND case_id IS NOT NULL`;
  return `
    SELECT '${kind}' AS kind, of_split, key, case_id FROM (${held})
    WHERE hash(key) IN (SELECT hash(key) FROM (${held}) GROUP BY ALL HAVING count(*) > 1)`;
}

/** One or two sentences about the leaks of a release, or null when there are none. */
export function describeLeaks({ total, leaks }: LeakReport): string | null {
  const [first] = leaks;
  if (first === undefined) return null;
  const { split, kind, case_id, part, other_case, other_part } = first;
  const more = total > 1 ? ` In all ${total} cases leak so.` : '';
  return `In the split ${split}, ${case_id} (${part}) shares ${LEAK_WORDS[kind]} with ${other_case} (${other_part}).${more}`;
}

const LEAK_WORDS: Record<LeakKind, string> = {
  assignment: 'itself',
  patient: 'a patient',
  study: 'a study',
  instance: 'a SOPInstanceUID',
  bytes: 'an image file',
  pixels: 'the pixels of an image',
  likeness: 'pictures that look the same',
  group: 'a linked group',
};
