import type { ManifestItem } from '../../model/manifest-item.js';
import type { RemoteFile } from './remote-source.js';

/** What a manifest lists, for the source that it is the listing of. */
export interface ManifestItems {
  /** In the order of the manifest. */
  items(): AsyncIterable<ManifestItem>;
}

/** The row of an item that cannot be read. */
export function unusableFile(path: string, unusable: string, unusable_code: NonNullable<RemoteFile['unusable_code']>): RemoteFile {
  return { path, size_bytes: null, revision: null, modified_ms: null, claimed: {}, unusable, unusable_code };
}
