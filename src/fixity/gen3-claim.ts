/** What is said of a file, as text, before it is judged. */
export interface ClaimedFile {
  id: string | null;
  path: string | null;
  size: unknown;
  /** Name of the algorithm and digest, as the manifest has them. */
  checksums: readonly (readonly [string, string])[];
  urls: readonly string[];
  replaced_by: string | null;
  origin: string | null;
}

/** Ids by their key: of file manifests, of records of an index, of DRS objects. */
const ID_KEYS = ['object_id', 'did', 'guid', 'id'];
const NAME_KEYS = ['file_name', 'filename'];
const SIZE_KEYS = ['file_size', 'size'];

/** Which of its formats an object is of. */
export function gen3Format(value: Record<string, unknown>): string {
  if (Object.hasOwn(value, 'did')) return 'indexd-records';
  return Object.hasOwn(value, 'self_uri') || Object.hasOwn(value, 'access_methods') ? 'drs-objects' : 'gen3-manifest';
}

/** What an object of a file manifest, a record of an index, or a DRS object says of a file. */
export function readGen3Claim(value: Record<string, unknown>, format: string): ClaimedFile {
  const id = firstText(value, ID_KEYS);
  const host = firstText(value, ['commons_url']);
  return {
    id,
    path: firstText(value, format === 'drs-objects' ? ['name'] : NAME_KEYS),
    size: SIZE_KEYS.map((key) => value[key]).find((size) => size !== undefined) ?? null,
    checksums: [...namedChecksums(value), ...hashes(value.hashes), ...listedChecksums(value.checksums)],
    urls: [...texts(value.urls), ...texts(value.url), ...accessUrls(value.access_methods)],
    replaced_by: null,
    origin: host,
  };
}

/** The id of an object as it stands there; null when it has none. */
export function gen3Id(value: Record<string, unknown>): string | null {
  return firstText(value, ID_KEYS);
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
