import { lstatSync, readdirSync, type Dirent } from 'node:fs';
import { join } from 'node:path';
import { compareBytewise } from './order.js';

/** What a name in a tree stands for. `unreadable` is a folder or name the system would not show. */
export type TreeEntryKind = 'file' | 'link' | 'special' | 'unreadable';

/** A name found by listing folders, without a look at the file itself. */
export interface ListedEntry {
  /** Relative to the root, `/`-separated. Bytes that are no UTF-8 are shown as U+FFFD. */
  path: string;
  kind: TreeEntryKind;
}

/** A listed entry with what lstat says of it. */
export interface TreeEntry extends ListedEntry {
  /** 0 unless `kind` is `file`. */
  size_bytes: number;
  /** Nanoseconds since the epoch; 0 unless `kind` is `file`. */
  mtime_ns: bigint;
}

/**
 * Walks a tree in the bytewise order of its paths (that of `LC_ALL=C sort`), synchronously, folder by folder. Links are
 * reported and never followed; empty folders are not reported; a folder that cannot be read is one `unreadable` entry
 * under its own path (`.` for the root).
 */
export function* walkTree(root: string): Generator<TreeEntry> {
  for (const { path, kind } of listTree(root)) yield statEntry(root, path, kind);
}

/** The same walk without a system call for each file: three times as fast where the file is opened later anyway. */
export function* listTree(root: string, prefix = ''): Generator<ListedEntry> {
  let names: Dirent[];
  try {
    names = readFolder(root, prefix);
  } catch {
    yield { path: prefix === '' ? '.' : prefix.slice(0, -1), kind: 'unreadable' };
    return;
  }
  for (const name of names) {
    const path = prefix + name.name;
    if (name.isDirectory()) yield* listTree(root, `${path}/`);
    else yield { path, kind: kindOf(name) };
  }
}

function readFolder(root: string, prefix: string): Dirent[] {
  const folder = join(root, prefix);
  const names = readdirSync(folder, { withFileTypes: true });
  // The names come in any order. A folder sorts as its paths will: with the separator behind its name.
  const keyed = names.map((entry) => ({ entry, key: entry.isDirectory() ? `${entry.name}/` : entry.name }));
  return keyed.sort((a, b) => compareBytewise(a.key, b.key)).map(({ entry }) => entry);
}

function kindOf(entry: Dirent | { isFile(): boolean; isSymbolicLink(): boolean }): TreeEntryKind {
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'link' : 'special';
}

function statEntry(root: string, path: string, listed: TreeEntryKind): TreeEntry {
  const nothing = { size_bytes: 0, mtime_ns: 0n };
  if (listed !== 'file') return { path, kind: listed, ...nothing };
  try {
    const stat = lstatSync(join(root, path), { bigint: true });
    const kind = kindOf(stat);
    return kind === 'file' ? { path, kind, size_bytes: Number(stat.size), mtime_ns: stat.mtimeNs } : { path, kind, ...nothing };
  } catch {
    return { path, kind: 'unreadable', ...nothing };
  }
}
