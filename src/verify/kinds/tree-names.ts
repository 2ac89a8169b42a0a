import type { Examination } from './examination.js';

/** Finds files by what lists of downloads call them: by path, or by a name that only one file has. */
export class TreeNames {
  readonly #paths = new Set<string>();
  /** By name: the only path that ends in it; null when several do. */
  readonly #byName = new Map<string, string | null>();

  constructor(examination: Examination) {
    for (const { path, kind } of examination.tree.list()) {
      if (kind !== 'file') continue;
      this.#paths.add(path);
      const name = path.slice(path.lastIndexOf('/') + 1);
      this.#byName.set(name, this.#byName.has(name) ? null : path);
    }
  }

  /** The path of a file that one of these names means, the first that is there; the first of them when none is. */
  resolve(names: readonly string[]): string {
    for (const name of names) if (this.#paths.has(name)) return name;
    for (const name of names) {
      const path = this.#byName.get(name.slice(name.lastIndexOf('/') + 1));
      if (path !== undefined && path !== null) return path;
    }
    return names[0] ?? '';
  }

  /** Whether some file lies in a folder of this name. */
  hasFolder(name: string): boolean {
    for (const path of this.#paths) if (path.startsWith(`${name}/`) || path.includes(`/${name}/`)) return true;
    return false;
  }
}
