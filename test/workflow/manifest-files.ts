import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../src/catalog/catalog.js';
import type { Config } from '../../src/model/config.js';
import type { SourceConfig } from '../../src/model/source-config.js';
import { writeDicom } from '../support/dicom-writer.js';
import { makeConfig } from './pull-workspace.js';

/** A small image of a series; `n` makes its UID and its bytes unique. */
export function image(series: string, n: number): Buffer {
  return writeDicom({
    elements: [
      { tag: '00080016', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
      { tag: '00080018', vr: 'UI', value: `2.25.9.${n}` },
      { tag: '00080060', vr: 'CS', value: 'CT' },
      { tag: '00100020', vr: 'LO', value: 'p1' },
      { tag: '0020000d', vr: 'UI', value: '2.25.2' },
      { tag: '0020000e', vr: 'UI', value: series },
      { tag: '7fe00010', vr: 'OW', value: new Uint8Array(64).fill(n % 251) },
    ],
  });
}

/** An entry of a Gen3 manifest that tells the truth about a file. */
export function claim(file_name: string, bytes: Uint8Array, more: Record<string, unknown> = {}): Record<string, unknown> {
  const md5sum = createHash('md5').update(bytes).digest('hex');
  const object_id = `dg.TEST/${md5sum.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`;
  return { object_id, file_name, file_size: bytes.length, md5sum, ...more };
}

/** A configuration of one source. */
export function configOf(source: SourceConfig): Config {
  return makeConfig({ sources: [source] });
}

/** What a pull found, without what only one place has. */
export function rowsOf(catalog: Catalog): Promise<Record<string, unknown>[]> {
  return catalog.all('SELECT * EXCLUDE (mtime_ns, batch, revision, md5) FROM instance ORDER BY path');
}

/** Path and code of every row. */
export async function codesOf(catalog: Catalog): Promise<Record<string, string>> {
  const rows = await catalog.all<{ path: string; code: string }>('SELECT path, coalesce(error_code, status) AS code FROM instance ORDER BY path');
  return Object.fromEntries(rows.map(({ path, code }) => [path, code]));
}

/** Everything below a folder: bytes, times and modes. */
export function snapshot(folder: string): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).toSorted();
  return Object.fromEntries(
    names.map((name) => {
      const stat = statSync(join(folder, name), { bigint: true });
      return [name, `${stat.mode} ${stat.mtimeNs} ${stat.isFile() ? createHash('sha256').update(readFileSync(join(folder, name))).digest('hex') : 'folder'}`];
    }),
  );
}
