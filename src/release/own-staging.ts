import { mkdirSync, mkdtempSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { writeFileAtomic } from '../fixity/atomic-file.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';

/** Where a workspace stages when it cannot move a folder from .colophon into releases/. */
interface StagingPlaces {
  releases: string;
  staging: string;
}

/** Below releases/: a folder for each workspace that stages there. Several may share releases/, and none may sweep what another works in. */
const SHARED = '.staging';
/** In .colophon/staging: which of those folders is ours. */
const RECORD = '.beside';
const MAX_RECORD_BYTES = 1024;
const OWN_NAME = /^workspace-[A-Za-z0-9]+$/;

/** The folder of this workspace below releases/.staging; null when it never staged there. */
export function ownFolder({ releases, staging }: StagingPlaces): string | null {
  const [name = '', inode = ''] = readRecord(join(staging, RECORD)).split(' ');
  // a workspace that was copied brings the record along, and must not take the folder of the first for its own
  return OWN_NAME.test(name) && inode === inodeOf(staging) ? join(releases, SHARED, name) : null;
}

/** The same, made when there is none. */
export function makeOwnFolder(places: StagingPlaces): string {
  const known = ownFolder(places);
  if (known !== null) {
    mkdirSync(known, { recursive: true });
    return known;
  }
  mkdirSync(join(places.releases, SHARED), { recursive: true });
  const made = mkdtempSync(join(places.releases, SHARED, 'workspace-'));
  writeFileAtomic(join(places.staging, RECORD), `${basename(made)} ${inodeOf(places.staging)}`);
  return made;
}

function inodeOf(folder: string): string {
  return statSync(folder, { bigint: true }).ino.toString();
}

function readRecord(path: string): string {
  try {
    return readRegularFile(path, MAX_RECORD_BYTES).toString('utf8');
  } catch (error) {
    if (error instanceof UnreadableFileError) return '';
    throw error;
  }
}
