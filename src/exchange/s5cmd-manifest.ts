import { CurationError } from '../errors.js';
import { isBucket } from './base-url.js';
import type { TextSink } from './export-target.js';
import { folderOf } from './idc-index.js';
import { assertPath } from './image-rows.js';
import type { OpenedRelease } from './opened-release.js';

export interface S5cmdOptions {
  /** URL of the root of the release in a bucket, with a slash at its end. */
  root: string;
  /** Copy each series into its folder of the release; otherwise, as IDC does, all into the current folder. */
  tree: boolean;
  /** Name of the manifest, for the comment that says how to run it. */
  name: string;
  signal?: AbortSignal;
}

/**
 * Writes the copy commands of s5cmd in the form of IDC's manifests, one a series in the order of their folders. Returns how many.
 * @throws {CurationError} USAGE when the files lie in no bucket; RELEASE_INVALID, INTERRUPTED
 */
export async function writeS5cmdManifest(release: OpenedRelease, sink: TextSink, { root, tree, name, signal }: S5cmdOptions): Promise<number> {
  if (!isBucket(root)) throw new CurationError('USAGE', 's5cmd copies from buckets only.', { expected: 'a base URL of s3:// or gs://', found: `${new URL(root).protocol}//` });
  const endpoint = root.startsWith('gs://') ? ' --endpoint-url https://storage.googleapis.com' : '';
  const bucket = root.replace(/^gs:/, 's3:');
  sink.add(`# ${comment(release.document.dataset.id)} ${release.document.version}, release digest sha256:${release.digest}\n`);
  sink.add('# To download the files in this manifest, first install s5cmd (https://github.com/peak/s5cmd),\n# then run the following command:\n');
  sink.add(`# s5cmd --no-sign-request${endpoint} run ${comment(quote(name))}\n`);
  let count = 0;
  const sql = `SELECT DISTINCT ${folderOf('path')} AS folder FROM ${release.side.own('instances')} ORDER BY folder`;
  for await (const rows of release.catalog.stream<{ folder: string }>(sql)) {
    if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
    for (const { folder } of rows) {
      assertPath(folder, release.folder);
      sink.add(`cp ${quote(`${bucket}${folder}/*`)} ${tree ? quote(`${folder}/`) : '.'}\n`);
    }
    count += rows.length;
  }
  return count;
}

/** s5cmd splits its commands as a shell does. */
function quote(text: string): string {
  return /^[A-Za-z0-9_.:/*@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** A line end in a comment would begin a command. */
function comment(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
