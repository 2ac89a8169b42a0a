import { expectedFile } from './expected-file.js';
import type { EntrySink, ManifestLog } from './entry-sink.js';
import { gen3Format, gen3Id, readGen3Claim } from '../fixity/gen3-claim.js';
import { judgeClaim } from './gen3-entry.js';
import { parseGuid } from './guid.js';
import { readJsonObjects } from '../fixity/json-objects.js';

/**
 * Reads a Gen3 file manifest, records of its index, or DRS objects: an array of objects, or one. Returns what it was.
 * @throws {CurationError} MANIFEST_INVALID
 * @throws {UnreadableFileError}
 */
export function readGen3Json(path: string, list: EntrySink, log: ManifestLog): string {
  const formats = new Map<string, number>();
  readJsonObjects(path, {
    onDefect: (line, reason) => log.defect(line, `An entry cannot be read: ${reason}.`),
    onObject(value, line) {
      const format = gen3Format(value);
      formats.set(format, (formats.get(format) ?? 0) + 1);
      if (format === 'drs-objects' && Array.isArray(value.contents) && value.contents.length > 0) return addBundle(value, line, list, log);
      const entry = judgeClaim(readGen3Claim(value, format), line, log);
      if (entry !== null) list.add(entry);
    },
  });
  if (formats.size > 1) log.notes.push(`The entries are of several kinds: ${[...formats].map(([name, count]) => `${count} ${name}`).join(', ')}.`);
  return [...formats].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'gen3-manifest';
}

/** A bundle has an id and checksums over those of its members, and is no file. */
function addBundle(value: Record<string, unknown>, line: number, list: EntrySink, log: ManifestLog): void {
  const id = gen3Id(value);
  const guid = id === null ? null : parseGuid(id);
  if (id === null) return log.defect(line, 'A bundle has no id.');
  list.addBundle(expectedFile(line, { id: guid?.guid ?? id, origin: guid?.prefix ?? null }));
}
