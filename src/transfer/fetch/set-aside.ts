import { existsSync, lstatSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { systemErrorCode } from '../../errors.js';
import { makeParentFolder } from '../../fixity/atomic-file.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import type { RepairAction } from '../../model/fetch.js';
import type { SafeFolder } from './safe-folder.js';

/** Moves entries of a damaged release: back to their names, or out of it. It follows no link and replaces nothing. */
export class EntryMover {
  /** The folder beside the release that gets what is no part of it; made when something comes. */
  readonly aside: string;

  constructor(
    readonly release: SafeFolder,
    readonly dryRun: boolean,
  ) {
    this.aside = freeName(join(dirname(release.root), `${basename(release.root)}.set-aside`));
  }

  /** Gives a file that is there as `found` back its name. */
  renameBack(path: string, found: string): RepairAction {
    return this.#try({ action: 'renamed', path, other: found }, found, () => {
      // Names that differ only in Unicode form or case may be one file on this file system: then rename is all the same.
      const target = this.release.place(path);
      const there = lstatSync(target, { throwIfNoEntry: false });
      const source = lstatSync(join(this.release.root, found));
      if (there !== undefined && there.ino !== source.ino) throw new Error('there is something of that name already');
      renameSync(join(this.release.root, found), target);
    });
  }

  /** Moves an entry, whatever it is, out of the release, under its path below `aside`. */
  setAside(path: string): RepairAction {
    const target = join(this.aside, path);
    return this.#try({ action: 'set-aside', path, other: target }, path, () => {
      makeParentFolder(target);
      renameSync(join(this.release.root, path), target);
    });
  }

  /** Deletes an entry that is no folder. */
  delete(path: string): RepairAction {
    return this.#try({ action: 'deleted', path }, path, () => rmSync(join(this.release.root, path)));
  }

  /** What cannot be done about one entry keeps nothing else from being done. */
  #try(action: RepairAction, from: string, work: () => void): RepairAction {
    const left = (reason: string): RepairAction => ({ action: 'left', path: action.path, reason });
    const reason = unsafePathReason(from);
    if (reason !== null) return left(`its path ${reason}`);
    if (!this.release.isReached(dirname(from))) return left('no folder leads to it, or a link does');
    if (this.dryRun) return action;
    try {
      work();
      return action;
    } catch (error) {
      return left(systemErrorCode(error) ?? (error instanceof Error ? error.message : String(error)));
    }
  }
}

function freeName(wanted: string): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}-${number}`;
    if (!existsSync(name)) return name;
  }
}
