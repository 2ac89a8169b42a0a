import { readdirSync } from 'node:fs';
import { RELEASE_FILES } from '../model/release.js';

/** Whether the names of files say that they lie in a release. One whose lists were lost is one still: its own reader says what is wrong. */
export function hasReleaseMarks(has: (name: string) => boolean): boolean {
  if (has(RELEASE_FILES.release) && [RELEASE_FILES.bagit, RELEASE_FILES.manifest, RELEASE_FILES.tagManifest].some(has)) return true;
  return has(RELEASE_FILES.tagManifest) && has(RELEASE_FILES.sizes);
}

/** Whether a folder has the marks of a release; false for what cannot be listed. */
export function isReleaseFolder(path: string): boolean {
  try {
    const files = new Set(readdirSync(path, { withFileTypes: true }).flatMap((entry) => (entry.isFile() ? [entry.name] : [])));
    return hasReleaseMarks((name) => files.has(name));
  } catch {
    return false;
  }
}
