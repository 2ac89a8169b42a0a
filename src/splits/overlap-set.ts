import { CurationError } from '../errors.js';
import type { OverlapKey } from '../model/split-overlap.js';
import type { OverlapSet } from './overlap.js';
import { byCodeUnit } from './problem.js';
import type { FileIds, PlacedId } from './overlap-file.js';

/** What the catalog knows of ids: the case of each, for those that it knows. */
export type CaseLookup = (key: OverlapKey, ids: readonly string[]) => Promise<ReadonlyMap<string, string>>;

/** Keys that ids of an unknown kind are tried as, in this order. */
const TRIED: readonly OverlapKey[] = ['case', 'object', 'study', 'series', 'instance'];

/**
 * A file as a source: its ids by what they are, and by case where the catalog leads there.
 * @param lookUp null without a catalog
 * @param only part to take alone; for a file without parts, the part that all of it is
 */
export async function fileSet(name: string, file: FileIds, lookUp: CaseLookup | null, only: string | null): Promise<OverlapSet> {
  const notes: string[] = [];
  const ids = new Map<OverlapKey, Map<string, string>>();
  let repeated: number | null = null;
  for (const [said, rows] of file.rows) {
    const { key, placed } = await recognise(said, rows, lookUp);
    const collected = collect(placed, only);
    if (only !== null && placed.length > 0 && collected.ids.size === 0) throw noPart(name, only, placed);
    ids.set(key, collected.ids);
    repeated ??= collected.repeated;
    if (collected.torn > 0) notes.push(`${collected.torn} ids are in two parts; the first counts.`);
  }
  const lookedUp = ids.has('case') ? null : await addCases(ids, lookUp);
  if (lookedUp !== null && lookedUp.torn > 0) notes.push(`${lookedUp.torn} cases have objects in two parts; the first counts.`);
  return { name, kind: file.kind, ids, unmatched: lookedUp?.unmatched ?? 0, repeated: file.kind === 'list' || !file.rows.has('case') ? (repeated ?? 0) : 0, notes };
}

function noPart(name: string, part: string, rows: readonly PlacedId[]): CurationError {
  const known = [...new Set(rows.map((row) => row.part))].filter((each) => each !== '').sort(byCodeUnit);
  return new CurationError('SPLIT_LIST_INVALID', `${name}: no row is in the part ${part}.`, { expected: known.slice(0, 10).join(', '), found: part });
}

/** What ids are when the file does not say: what the catalog knows most of them as. */
async function recognise(said: OverlapKey | null, rows: readonly PlacedId[], lookUp: CaseLookup | null): Promise<{ key: OverlapKey; placed: readonly PlacedId[] }> {
  if (said !== null) return { key: said, placed: said === 'object' ? rows.map(({ id, part }) => ({ id: objectName(id), part })) : rows };
  if (looksLikeGuids(rows)) return { key: 'object', placed: rows.map(({ id, part }) => ({ id: objectName(id), part })) };
  let best: { key: OverlapKey; known: number } = { key: 'id', known: 0 };
  for (const key of lookUp === null ? [] : TRIED) {
    const known = (await lookUp!(key, rows.map(({ id }) => id))).size;
    if (known > best.known) best = { key, known };
  }
  return { key: best.key, placed: rows };
}

const GUID = /^(?:[^/\s]+\/)?[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

function looksLikeGuids(rows: readonly PlacedId[]): boolean {
  return rows.length > 0 && rows.every(({ id }) => GUID.test(id));
}

/** The GUID of an object without the prefix of the archive that it may come with: `dg.MD1R/<GUID>`. */
export function objectName(id: string): string {
  return id.slice(id.lastIndexOf('/') + 1).toLowerCase();
}

function collect(rows: readonly PlacedId[], only: string | null): { ids: Map<string, string>; repeated: number; torn: number } {
  const parted = rows.some(({ part }) => part !== '');
  const ids = new Map<string, string>();
  let [repeated, torn] = [0, 0];
  for (const { id, part } of rows) {
    const own = parted ? part : (only ?? '');
    if (only !== null && own !== only) continue;
    const before = ids.get(id);
    if (before === undefined) ids.set(id, own);
    else if (before === own) repeated++;
    else torn++;
  }
  return { ids, repeated, torn };
}

/** Adds the cases that the catalog leads to from the other ids. */
async function addCases(ids: Map<OverlapKey, Map<string, string>>, lookUp: CaseLookup | null): Promise<{ unmatched: number; torn: number } | null> {
  const [first] = [...ids].filter(([key]) => key !== 'id');
  if (first === undefined || lookUp === null) return null;
  const [key, own] = first;
  const caseOf = await lookUp(key, [...own.keys()]);
  const { ids: cases, torn } = collect([...own].flatMap(([id, part]) => (caseOf.has(id) ? [{ id: caseOf.get(id)!, part }] : [])), null);
  if (cases.size > 0) ids.set('case', cases);
  return { unmatched: own.size - [...own.keys()].filter((id) => caseOf.has(id)).length, torn };
}
