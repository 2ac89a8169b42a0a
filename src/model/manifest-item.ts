/** A file or a set of files (a series) that a manifest lists, once each. */
export interface ManifestItem {
  /** What its row is called: a safe path, or what stands for one when it is `unusable`. */
  path: string;
  /** GUID, series, ...; null when the manifest says none, or several. */
  name: string | null;
  url: string | null;
  /** Whether it stands for several files. */
  is_set: boolean;
  size_bytes: number | null;
  /** Lower-case hex. */
  md5: string | null;
  /** Lower-case hex. */
  sha256: string | null;
  /** Why it cannot be read, as a sentence; null when it can. */
  unusable: string | null;
  unusable_code: 'unusable-name' | 'checksum-mismatch';
}
