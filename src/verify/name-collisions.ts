import { collisionKey } from '../fixity/safe-path.js';

/** The paths that were added, kept by whoever added them. */
export interface AddedPaths {
  has(path: string): boolean;
  paths(): Iterable<string>;
}

/**
 * Finds paths that are one file where case or Unicode form does not count. Two paths can only collide when their folders
 * collide, or when one of their file names is not its own collision key: both are rare among a million image files, so the
 * paths are not folded one by one.
 */
export class NameCollisions {
  /** By collision key: the spellings of a folder. */
  readonly #folders = new Map<string, Set<string>>();
  /** Paths whose file name is not its own key. */
  readonly #suspects: string[] = [];
  #lastFolder = '';

  add(path: string): void {
    const slash = path.lastIndexOf('/');
    const name = path.slice(slash + 1);
    if (collisionKey(name) !== name) this.#suspects.push(path);
    if (path.startsWith(this.#lastFolder) && slash === this.#lastFolder.length) return;
    this.#lastFolder = path.slice(0, slash);
    const key = collisionKey(this.#lastFolder);
    const spellings = this.#folders.get(key);
    if (spellings === undefined) this.#folders.set(key, new Set([this.#lastFolder]));
    else spellings.add(this.#lastFolder);
  }

  /** Pairs of paths that collide: the first of a group, in the list's order, with each other one. */
  *find(added: AddedPaths): Generator<[first: string, path: string]> {
    const groups = new Map<string, string[]>();
    for (const path of this.#candidates(added)) {
      const key = collisionKey(path);
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [path]);
      else group.push(path);
    }
    for (const group of groups.values()) for (const path of group.slice(1)) yield [group[0] ?? path, path];
  }

  *#candidates(added: AddedPaths): Generator<string> {
    const colliding = new Set([...this.#folders.values()].filter((spellings) => spellings.size > 1).flatMap((spellings) => [...spellings]));
    const inFolder = (path: string): boolean => colliding.has(path.slice(0, path.lastIndexOf('/')));
    const twins = new Set<string>();
    for (const path of this.#suspects) {
      if (inFolder(path)) continue;
      // What it may collide with and is no suspect itself: the name in its folded spelling.
      const slash = path.lastIndexOf('/') + 1;
      const twin = path.slice(0, slash) + collisionKey(path.slice(slash));
      if (added.has(twin) && !twins.has(twin)) yield twin;
      twins.add(twin);
      yield path;
    }
    if (colliding.size > 0) for (const path of added.paths()) if (inFolder(path)) yield path;
  }
}
