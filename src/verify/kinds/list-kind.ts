import { statSync } from 'node:fs';
import { isHashTable } from '../../fixity/hash-table.js';
import { readHead } from './archive-reading.js';
import { looksLikeSums } from './sums.js';

/** Lists of files that lie beside them. */
export type ListKind = 'sums' | 'gen3-manifest' | 'hash-table' | 's5cmd';

const HEAD_BYTES = 1 << 14;

/** What list a file is by how it begins; null for none. Only where a name, or the user, says so is a file taken for a list of checksums. */
export function listKind(path: string, maySums: boolean): ListKind | null {
  if (!statSync(path).isFile()) return null;
  const head = readHead(path, HEAD_BYTES).toString('utf8').replace(/^\ufeff/, '');
  if (maySums && looksLikeSums(head)) return 'sums';
  if (/\.json$/i.test(path) && /^\s*\[?\s*\{/.test(head) && /"(?:file_name|filename|object_id|did)"\s*:/.test(head) && /"(?:md5sum|md5|hashes|checksums)"\s*:/.test(head)) return 'gen3-manifest';
  const lines = head.split(/\r?\n/);
  if (isHashTable(lines[0] ?? '')) return 'hash-table';
  return lines.some((line) => /^cp\s+(?:-\S+\s+)*['"]?(?:s3|gs):\/\//.test(line)) && !lines.slice(0, -1).some((line) => !/^(?:#.*|cp\s.*|[A-Za-z_]*|\s*)$/.test(line)) ? 's5cmd' : null;
}
