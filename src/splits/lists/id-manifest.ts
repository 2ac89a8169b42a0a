import { parseJsonStrict } from '../../fixity/json.js';
import type { OverlapKey } from '../../model/split-overlap.js';
import { listDefect } from './list-defect.js';
import { normalizeObjectId, PartedIds } from './overlap-ids.js';

/** Larger manifests are refused unread, in bytes: enough for about four million objects. */
const MAX_MANIFEST_BYTES = 256 << 20;

const EXPECTED = 'an array of objects with object_id or case_ids, as a Gen3 manifest is';

/**
 * Reads a Gen3 manifest: an array of files, each with its `object_id`, its `case_ids` (a text or several), or both. Either
 * key is only used when every entry has it: half a list must not pass for a whole one.
 * @throws {CurationError} SPLIT_LIST_INVALID
 */
export function parseIdManifest(bytes: Uint8Array, name: string): ReadonlyMap<OverlapKey, PartedIds> {
  const reading = parseJsonStrict(bytes, { maxBytes: MAX_MANIFEST_BYTES, maxDepth: 16 });
  if (!reading.ok) throw listDefect(name, reading.reason, EXPECTED);
  if (!Array.isArray(reading.value)) throw listDefect(name, 'it is no array', EXPECTED);
  const entries = reading.value as unknown[];
  const [objects, cases] = [new PartedIds(), new PartedIds()];
  let withObject = 0;
  let withCase = 0;
  for (const [index, entry] of entries.entries()) {
    const object = textsOf(entry, 'object_id');
    const ofCases = [...textsOf(entry, 'case_ids'), ...textsOf(entry, 'case_id')];
    if (object.length === 0 && ofCases.length === 0) throw listDefect(name, `entry ${index + 1} of ${entries.length} names no object and no case`, EXPECTED);
    if (object.length > 0) withObject++;
    if (ofCases.length > 0) withCase++;
    for (const id of object) objects.add(normalizeObjectId(id), null);
    for (const id of ofCases) if (!cases.partsOf.has(id)) cases.add(id, null);
  }
  if (entries.length === 0) throw listDefect(name, 'it names no id', EXPECTED);
  const keys: [OverlapKey, PartedIds][] = [];
  if (withCase === entries.length) keys.push(['case', cases]);
  if (withObject === entries.length) keys.push(['object', objects]);
  if (keys.length === 0) throw listDefect(name, 'some entries name only objects and others only cases', EXPECTED);
  return new Map(keys);
}

/** The texts under a key, also in a list; blank ones are none. */
function textsOf(entry: unknown, key: string): string[] {
  if (typeof entry !== 'object' || entry === null || !Object.hasOwn(entry, key)) return [];
  const value = (entry as Record<string, unknown>)[key];
  return [value].flat().flatMap((each) => (typeof each === 'string' && each.trim() !== '' ? [each.trim()] : []));
}
