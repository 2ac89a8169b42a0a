import { expectedFile } from './expected-file.js';
import type { ExpectedList } from './expected-list.js';
import { judgeClaim, type ClaimedFile } from './gen3-entry.js';
import { parseGuid } from './guid.js';
import type { ImportLog } from './import-log.js';
import { readJsonObjects } from './json-objects.js';

/** Ids by their key: of file manifests, of records of an index, of DRS objects. */
const ID_KEYS = ['object_id', 'did', 'guid', 'id'];
const NAME_KEYS = ['file_name', 'filename'];
const SIZE_KEYS = ['file_size', 'size'];

/**
 * Reads a Gen3 file manifest, records of its index, or DRS objects: an array of objects, or one. Returns what it was.
 * @throws {CurationError} MANIFEST_INVALID
 * @throws {UnreadableFileError}
 */
export function readGen3Json(path: string, list: ExpectedList, log: ImportLog): string {
  const formats = new Map<string, number>();
  readJsonObjects(path, {
    onDefect: (line, reason) => log.defect(line, `An entry cannot be read: ${reason}.`),
    onObject(value, line) {
      const format = formatOf(value);
      formats.set(format, (formats.get(format) ?? 0) + 1);
      if (format === 'drs-objects' && Array.isArray(value.contents) && value.contents.length > 0) return addBundle(value, line, list, log);
      const entry = judgeClaim(readClaim(value, format === 'drs-objects' ? ['name'] : NAME_KEYS), line, log);
      if (entry !== null) list.add(entry);
    },
  });
  if (formats.size > 1) log.notes.push(`The entries are of several kinds: ${[...formats].map(([name, count]) => `${count} ${name}`).join(', ')}.`);
  return [...formats].toSorted(([, a], [, b]) => b - a)[0]?.[0] ?? 'gen3-manifest';
}

function formatOf(value: Record<string, unknown>): string {
  if (Object.hasOwn(value, 'did')) return 'indexd-records';
  return Object.hasOwn(value, 'self_uri') || Object.hasOwn(value, 'access_methods') ? 'drs-objects' : 'gen3-manifest';
}

/** A bundle has an id and checksums over those of its members, and is no file. */
function addBundle(value: Record<string, unknown>, line: number, list: ExpectedList, log: ImportLog): void {
  const id = firstText(value, ID_KEYS);
  const guid = id === null ? null : parseGuid(id);
  if (id === null) return log.defect(line, 'A bundle has no id.');
  list.addBundle(expectedFile(line, { id: guid?.guid ?? id, origin: guid?.prefix ?? null }));
}

function readClaim(value: Record<string, unknown>, names: readonly string[]): ClaimedFile {
  const id = firstText(value, ID_KEYS);
  const host = firstText(value, ['commons_url']);
  return {
    id,
    path: firstText(value, names),
    size: SIZE_KEYS.map((key) => value[key]).find((size) => size !== undefined) ?? null,
    checksums: [...namedChecksums(value), ...hashes(value.hashes), ...listedChecksums(value.checksums)],
    urls: [...texts(value.urls), ...texts(value.url), ...accessUrls(value.access_methods)],
    replaced_by: null,
    origin: host,
  };
}

function firstText(value: Record<string, unknown>, keys: readonly string[]): string | null {
  for (const key of keys) {
    const text = Object.hasOwn(value, key) ? value[key] : undefined;
    if (typeof text === 'string' && text.trim() !== '') return text.trim();
  }
  return null;
}

function namedChecksums(value: Record<string, unknown>): [string, string][] {
  return ['md5sum', 'md5'].flatMap((key) => (typeof value[key] === 'string' && value[key] !== '' ? [['md5', value[key]] as [string, string]] : []));
}

function hashes(value: unknown): [string, string][] {
  return isObject(value) ? Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string') : [];
}

function listedChecksums(value: unknown): [string, string][] {
  return objects(value).flatMap(({ type, checksum }) => (typeof type === 'string' && typeof checksum === 'string' ? [[type, checksum] as [string, string]] : []));
}

function accessUrls(value: unknown): string[] {
  return objects(value).flatMap(({ access_url }) => (isObject(access_url) ? texts(access_url.url) : texts(access_url)));
}

function texts(value: unknown): string[] {
  return [value].flat().filter((each): each is string => typeof each === 'string' && each !== '');
}

function objects(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
