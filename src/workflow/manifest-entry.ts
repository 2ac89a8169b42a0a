import type { ManifestEntry } from '../catalog/manifest-load.js';
import { unsafePathReason } from '../fixity/safe-path.js';
import type { ExpectedFile } from '../manifests/expected-file.js';
import { parseGuid } from '../manifests/guid.js';
import type { ManifestSourceConfig } from '../model/source-config.js';

/** What an entry is called when its own name cannot be a path. */
const MAX_SHOWN = 200;

/** An entry of the manifest of a source, with the path that it has in that source, or why it can have none. */
export function placeEntry(entry: ExpectedFile, source: ManifestSourceConfig): ManifestEntry {
  const { line, id, url, size_bytes, md5, sha256 } = entry;
  const said = { line, name: id, url, is_set: source.kind === 'tcia-manifest' || entry.folder !== undefined, folder: entry.folder ?? null, size_bytes, md5, sha256 };
  const path = source.kind === 'gen3-manifest' ? fileName(entry, source) : source.kind === 'idc-manifest' ? copyPlace(entry, source) : id;
  if (path === null) return { ...said, path: shown(id ?? url ?? `line ${line}`), unusable: 'The manifest says no name of the file: it cannot be looked for.' };
  const reason = unsafePathReason(path);
  return { ...said, path: reason === null ? path : shown(path), unusable: reason === null ? null : `The name in the manifest ${reason}: it cannot be the path of a file.` };
}

/**
 * The file name; for an entry that has a URL alone, what stands in it behind the base, or behind the bucket or host; for one that has an
 * id alone, the id, `dg.MD1R/<uuid>`: so gen3-client calls what it downloads with `--filename-format=guid`.
 */
function fileName({ id, path, url }: ExpectedFile, { base_url }: ManifestSourceConfig): string | null {
  if (path !== null) return path;
  if (url === null) return id === null ? null : (parseGuid(id)?.guid ?? null);
  const base = base_url?.replace(/\/*$/, '/');
  if (base === undefined) return /^[a-z0-9]+:\/\/[^/?#]+\/([^?#]+)$/.exec(url)?.[1] ?? null;
  return url.startsWith(base) && url.length > base.length ? url.slice(base.length) : null;
}

/** Where the files of a copy are: in the folder that s5cmd put them into, below `base_url`, or in the bucket that the manifest names. */
function copyPlace({ id, path, url, folder }: ExpectedFile, { base_url, base_path }: ManifestSourceConfig): string | null {
  if (base_path !== undefined) return folder === undefined ? path : folder === '' ? id : `${folder}/${id ?? ''}`;
  const [, bucket = '', key = ''] = /^(?:s3|gs):\/\/([^/]+)\/(.+?)(?:\/\*)?$/.exec(url ?? '') ?? [];
  return base_url === undefined ? `${bucket}/${key}` : key;
}

/** A row needs a path, and a database text holds no NUL. */
function shown(text: string): string {
  const plain = text.slice(0, MAX_SHOWN).replaceAll('\0', '%00');
  return plain === '' ? '(no name)' : plain;
}
