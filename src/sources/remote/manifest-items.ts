import type { RemoteFile } from './remote-source.js';

/** A file or a set of files (a series) that a manifest lists, once each. */
export interface ManifestItem {
  /** What its row is called: a safe path, or what stands for one when it is `unusable`. */
  path: string;
  /** GUID, series, ...; null when the manifest says none, or several. */
  name: string | null;
  url: string | null;
  is_set: boolean;
  size_bytes: number | null;
  md5: string | null;
  sha256: string | null;
  /** Why it cannot be read, as a sentence; null when it can. */
  unusable: string | null;
  unusable_code: NonNullable<RemoteFile['unusable_code']>;
}

/** What a manifest lists, for the source that it is the listing of. */
export interface ManifestItems {
  /** In the order of the manifest. */
  items(): AsyncIterable<ManifestItem>;
}

/** The row of an item that cannot be read. */
export function unusableFile(path: string, unusable: string, unusable_code: NonNullable<RemoteFile['unusable_code']>): RemoteFile {
  return { path, size_bytes: null, revision: null, modified_ms: null, claimed: {}, unusable, unusable_code };
}
