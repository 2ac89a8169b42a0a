import { CurationError } from '../../errors.js';
import { readDelimitedLines } from '../../fixity/delimited-lines.js';
import { findHashColumns, type HashColumns } from '../../fixity/hash-table.js';
import { ClaimList } from './claims.js';
import { compareTree } from './compare.js';
import type { Examination } from './examination.js';
import { TreeNames } from './tree-names.js';

/**
 * Verifies a folder as s5cmd or the tools of IDC download it against a table of hashes beside it (CSV or TSV): a file is known by its path,
 * by the end of its URL, or by the UUID that IDC names it by.
 */
export async function verifyHashTable(examination: Examination, names: readonly string[], extras: 'problem' | 'told'): Promise<string> {
  const list = new ClaimList(examination);
  const files = new TreeNames(examination);
  for (const name of names) readTable(examination, name, list, files);
  const own = new Set(names);
  const isBeside = (path: string): boolean => own.has(path) || /\.s5cmd(?:\.txt)?$|^manifest[^/]*\.(?:txt|csv|s5cmd)$/i.test(path);
  await compareTree(examination, list, { inScope: (path) => !isBeside(path), isElsewhere: () => false, extras, missingMessage: 'The table names it and it is not there.', forgivesNames: false });
  examination.notChecked.push(`Whether ${names.join(', ')} is the published one: nothing vouches for it.`);
  return 'hash-table';
}

function readTable(examination: Examination, name: string, list: ClaimList, files: TreeNames): void {
  let columns: HashColumns | null = null;
  const log = { defect: (line: number, message: string): void => list.malformed(name, line, `cannot be read: ${message}`) };
  try {
    examination.readList(name, (place) => readDelimitedLines(place, log, {
      onColumns: (found) => void (columns = findHashColumns(found)),
      onRow: (cells, line) => (columns === null ? list.malformed(name, line) : readRow(cells, line, columns, name, list, files)),
    }));
  } catch (error) {
    if (!(error instanceof CurationError) || error.code !== 'MANIFEST_INVALID') throw error;
    examination.report('manifest-malformed', name, `It cannot be read: ${error.message.slice(error.message.lastIndexOf(`${name}`) + name.length).replace(/^:([0-9]+): /, 'line $1, ').replace(/^ is /, 'it is ')}`);
  }
}

function readRow(cells: readonly string[], line: number, { file, size, digests }: HashColumns, name: string, list: ClaimList, files: TreeNames): void {
  const named = cells[file] ?? '';
  if (named === '') return list.malformed(name, line, 'names no file');
  const end = named.split(/[?#]/)[0] ?? '';
  const isUrl = /^[a-z0-9]+:\/\//i.test(named);
  const path = files.resolve([...(isUrl ? [] : [named]), end.slice(end.lastIndexOf('/') + 1), `${named}.dcm`]);
  const bytes = size === null ? '' : (cells[size] ?? '');
  if (bytes !== '' && !/^[0-9]{1,15}$/.test(bytes)) list.malformed(name, line, 'gives a size that is no number of bytes');
  const known = { path, ...(/^[0-9]{1,15}$/.test(bytes) ? { size_bytes: Number(bytes) } : {}) };
  let proven = false;
  for (const [place, algorithm] of digests) {
    const digest = (cells[place] ?? '').toLowerCase();
    if (digest === '') continue;
    proven = true;
    if (/^[0-9a-f]{32,128}$/.test(digest)) list.add({ ...known, algorithm, digest }, name, line);
    else list.malformed(name, line, `gives a ${algorithm} that is none`);
  }
  if (!proven) list.malformed(name, line, 'gives no digest');
}
