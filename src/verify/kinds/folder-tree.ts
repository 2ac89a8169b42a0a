import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { localEngine } from '../../engine/local-engine.js';
import { compareBytewise } from '../../fixity/order.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import { listTree } from '../../fixity/walk.js';
import type { VerifyOptions } from '../inspection.js';
import { stampOf } from '../stamped.js';
import { createTask, type DigestSetup } from './digest-task.js';
import type { DigestItem, DigestResult, FileTree, TreeFile } from './file-tree.js';

const TASK = new URL('./digest-task.js', import.meta.url);
/** Weighs as much as an image slice: for chunks when no list tells the sizes. */
const UNKNOWN_BYTES = 1 << 19;
/** Hashed in the time that a worker thread takes to start. */
const FEW_FILES = 100;
const FEW_BYTES = 16 << 20;

/** A folder on this machine. It is walked, and a path of a list is joined to it only when it is safe and no link lies on it. */
export class FolderTree implements FileTree {
  readonly name: string;

  /** @param root absolute */
  constructor(
    readonly root: string,
    readonly options: VerifyOptions,
  ) {
    this.name = root;
  }

  get lists(): string[] {
    const entries = readdirSync(this.root, { withFileTypes: true });
    return entries.flatMap((entry) => (entry.isFile() ? [entry.name] : [])).sort(compareBytewise);
  }

  list(): Iterable<TreeFile> {
    return listTree(this.root);
  }

  hasFolder(path: string): boolean {
    try {
      return lstatSync(join(this.root, path)).isDirectory();
    } catch {
      return false;
    }
  }

  locate(path: string): string | null {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    if (unsafePathReason(path) !== null || !this.#leadsTo(folder)) return null;
    const place = join(this.root, path);
    return lstatSync(place, { throwIfNoEntry: false })?.isFile() === true ? place : null;
  }

  /** Whether a folder is reached without a link. */
  #leadsTo(folder: string): boolean {
    const names = folder === '' ? [] : folder.split('/');
    return names.every((_name, at) => this.hasFolder(names.slice(0, at + 1).join('/')));
  }

  async digest(items: Iterable<DigestItem>, onResult: (result: DigestResult) => void): Promise<void> {
    const { engine = localEngine } = this.options;
    const setup: DigestSetup = { root: this.root, fast: this.options.fast === true };
    const iterator = items[Symbol.iterator]();
    const first = engine.name === 'local' ? this.#takeFew(iterator) : { items: [], complete: false };
    if (first.complete) {
      const hash = createTask(setup);
      return first.items.forEach((item) => onResult(hash(item)));
    }
    const rest = chain(first.items, iterator);
    await engine.run<DigestItem, DigestResult>(TASK, engine.name === 'local' ? rest : stamped(this.root, rest), {
      ...(this.options.jobs === undefined ? {} : { jobs: this.options.jobs }),
      ...(this.options.signal === undefined ? {} : { signal: this.options.signal }),
      taskData: setup,
      chunk: ([, size]) => size ?? UNKNOWN_BYTES,
      describe: ([path]) => path,
      onFailure: ([path], reason) => onResult({ path, size: 0, digests: null, defect: 'unreadable', code: reason }),
      onResults: (results) => results.forEach((result) => onResult(result)),
    });
  }

  /** So few and small files that no worker thread is worth its start; else those that were looked at. */
  #takeFew(iterator: Iterator<DigestItem>): { items: DigestItem[]; complete: boolean } {
    const items: DigestItem[] = [];
    for (let bytes = 0; bytes <= FEW_BYTES && items.length <= FEW_FILES; ) {
      const { value, done } = iterator.next();
      if (done === true) return { items, complete: true };
      items.push(value);
      bytes += lstatSync(join(this.root, value[0]), { throwIfNoEntry: false })?.size ?? 0;
    }
    return { items, complete: false };
  }
}

function* chain(items: readonly DigestItem[], rest: Iterator<DigestItem>): Generator<DigestItem> {
  yield* items;
  for (let next = rest.next(); next.done !== true; next = rest.next()) yield next.value;
}

function* stamped(root: string, items: Iterable<DigestItem>): Generator<DigestItem> {
  for (const [path, size, algorithms, expected] of items) yield [path, size, algorithms, expected, stampOf(root, path)];
}
