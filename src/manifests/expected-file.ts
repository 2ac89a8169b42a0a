/** An entry of a manifest of another system: a file, or a set of files such as a series, that is said to exist. */
export interface ExpectedFile {
  /** Line of the manifest, from 1. */
  line: number;
  /** GUID, SeriesInstanceUID, ...; null when the manifest knows files by their paths only. */
  id: string | null;
  /** Relative, `/`-separated; null when the manifest does not say. */
  path: string | null;
  size_bytes: number | null;
  md5: string | null;
  sha1: string | null;
  sha256: string | null;
  sha512: string | null;
  url: string | null;
  /** What took its place; '' says that nothing did, null that the manifest does not say. */
  replaced_by: string | null;
  /** What stands before the id: prefix of a commons, bucket, server; null when nothing does. */
  origin: string | null;
  /** Of a set of files that its manifest says where to put: that folder, '' for the current one; absent for a file. */
  folder?: string;
}

/** The columns of an entry after its line, in the order of lists that are written. */
export const EXPECTED_COLUMNS = ['id', 'path', 'size_bytes', 'md5', 'sha1', 'sha256', 'sha512', 'url', 'replaced_by'] as const;

/** An entry of which only some is known. */
export function expectedFile(line: number, known: Partial<ExpectedFile>): ExpectedFile {
  return { line, id: null, path: null, size_bytes: null, md5: null, sha1: null, sha256: null, sha512: null, url: null, replaced_by: null, origin: null, ...known };
}
