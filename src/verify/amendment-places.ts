import { readdirSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { AMENDMENT_FOLDER, amendmentNumber } from '../model/amendment.js';
import { RELEASE_FILES } from '../model/release.js';

/** What may tell of withdrawals: files of amendments, and folders of releases. */
export interface AmendmentPlaces {
  files: AmendmentPlace[];
  releases: AmendmentPlace[];
}

export interface AmendmentPlace {
  /** Absolute. */
  path: string;
  /** As it is shown: relative to the copy, or as the caller named it. */
  shown: string;
  /** What the caller named, when he did: there something about this dataset has to be. */
  named: string | null;
}

/** Amendments of a folder that are looked at, the newest: each holds what the older ones hold. */
const MAX_AMENDMENTS = 100;

/** Where amendments lie that are found by themselves: in the copy, or beside it. */
export function placesAround(root: string): AmendmentPlaces {
  const parent = dirname(root);
  const folders = [root, join(root, AMENDMENT_FOLDER), parent, join(parent, AMENDMENT_FOLDER)];
  const show = (path: string): AmendmentPlace => ({ path, shown: relative(root, path), named: null });
  return {
    files: folders.flatMap((folder) => listAmendments(folder)).map(show),
    releases: listReleases(parent).filter((path) => path !== root).map(show),
  };
}

/**
 * What the caller named: the file of an amendment, a folder of amendments, a release, or a folder of releases.
 * @throws {CurationError} USAGE when there is nothing of the kind
 */
export function placesNamed(named: string): AmendmentPlaces {
  const path = resolve(named);
  const show = (each: string): AmendmentPlace => ({ path: each, shown: each === path ? named : join(named, relative(path, each)), named });
  if (!isFolder(path, named)) return { files: [show(path)], releases: [] };
  if (holds(path, RELEASE_FILES.release)) return { files: [], releases: [show(path)] };
  const files = [path, join(path, AMENDMENT_FOLDER)].flatMap((folder) => listAmendments(folder)).map(show);
  const releases = listReleases(path).map(show);
  if (files.length + releases.length > 0) return { files, releases };
  throw new CurationError('USAGE', `There is neither an amendment nor a release in ${named}.`, {
    expected: 'amendment-<number>.json, or the folder of a release',
    suggestions: ['Name the file of an amendment, the folder that holds it, or a newer release of the dataset.'],
  });
}

function isFolder(path: string, named: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw wrapSystemError(error, 'looking for amendments', named);
    throw new CurationError('USAGE', `There is nothing at ${named}.`, { suggestions: ['Name the file of an amendment, the folder that holds it, or a newer release of the dataset.'] });
  }
}

/** Oldest first. */
function listAmendments(folder: string): string[] {
  const numbered = listNames(folder).flatMap((name) => (amendmentNumber(name) === null ? [] : [{ name, number: amendmentNumber(name) ?? 0 }]));
  return numbered.sort((a, b) => a.number - b.number).slice(-MAX_AMENDMENTS).map(({ name }) => join(folder, name));
}

/** Folders below that hold a release.json, of any dataset. */
function listReleases(folder: string): string[] {
  return listNames(folder).sort().map((name) => join(folder, name)).filter((path) => holds(path, RELEASE_FILES.release));
}

function holds(folder: string, name: string): boolean {
  try {
    return statSync(join(folder, name)).isFile();
  } catch {
    return false;
  }
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
