import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { walkTree } from '../../src/fixity/walk.js';
import { openRelease } from '../../src/release/open-release.js';
import type { LogEntry } from '../../src/release/release-log.js';
import type { PackOptions } from '../../src/transfer/pack.js';
import { PAYLOAD, writeRelease, type ReleaseFolderOptions } from '../support/release-folder.js';

/** Images of four cases: two small ones, a large one, and one with two studies; beside them what a payload has. */
export const IMAGES: Record<string, string | Buffer> = {
  ...PAYLOAD,
  'data/images/C3/1.3/1.3.1/1.3.1.1.dcm': Buffer.alloc(2000, 'three'),
  'data/images/C4/1.4/1.4.1/1.4.1.1.dcm': Buffer.alloc(1500, 'four'),
  'data/images/C4/1.4/1.4.1/1.4.1.2.dcm': '',
  'data/images/C4/1.5/1.5.1/1.5.1.1.dcm': Buffer.alloc(700, 'five'),
  'data/tables/instances.parquet': Buffer.alloc(5000, 'table'),
};

/** Writes a release and opens it as the log of a workspace would. */
export async function makeRelease(root: string, payload: Record<string, string | Buffer> = IMAGES, options: ReleaseFolderOptions = {}): Promise<LogEntry> {
  const folder = join(root, 'releases', options.version ?? '1.0.0');
  mkdirSync(folder, { recursive: true });
  writeRelease(folder, payload, options);
  return openRelease(folder, null);
}

export function packOptions(output: string, changes: Partial<PackOptions> = {}): PackOptions {
  return { format: 'tar', by: 'case', shardBytes: 13_000, deflate: false, output, dryRun: false, ...changes };
}

/** Every file of a folder with its size, as one text. */
export function listing(folder: string): string {
  return canonicalJson([...walkTree(folder)].map(({ path, size_bytes, kind }) => [path, size_bytes, kind]));
}
