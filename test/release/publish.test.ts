import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import type { ReleaseDocument } from '../../src/model/release.js';
import { assertFree, claimNumber, isClaimed, moveIntoPlace } from '../../src/release/publish.js';
import type { StagedRelease } from '../../src/release/stage.js';
import { makeStaging } from '../../src/release/staging.js';
import { storePaths } from '../support/release-store.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
let paths: ReturnType<typeof storePaths>;
beforeEach(() => {
  paths = storePaths(temporaryFolder());
});

function staged(sequence: number, bytes: string): StagedRelease {
  const folder = makeStaging(paths);
  writeFileSync(join(folder, 'release.json'), bytes);
  return { folder, bytes, document: { sequence } as ReleaseDocument };
}

test('a number is claimed once: the second publisher neither gets it nor changes what the first wrote', () => {
  expect(isClaimed(1, paths)).toBe(false);
  expect(claimNumber(staged(1, 'first'), paths)).toBe(true);
  expect(claimNumber(staged(1, 'second'), paths)).toBe(false);
  expect(isClaimed(1, paths)).toBe(true);
  expect(readFileSync(join(paths.releaseLog, '1.json'), 'utf8')).toBe('first');
  expect(readdirSync(paths.releaseLog)).toEqual(['1.json']);
  expect(readdirSync(paths.staging).filter((name) => name.includes('claim'))).toEqual([]);
});

test('a claim is a file of its own: no edit of the release reaches it', () => {
  const release = staged(1, 'first');
  claimNumber(release, paths);
  writeFileSync(join(release.folder, 'release.json'), 'edited');
  expect(readFileSync(join(paths.releaseLog, '1.json'), 'utf8')).toBe('first');
});

test.each(['an empty folder', 'a file'])('a release replaces nothing, not even %s', (what) => {
  const release = staged(1, 'x');
  const target = join(paths.releases, '1.0.0');
  if (what === 'a file') writeFileSync(target, '');
  else mkdirSync(target);
  expect(() => assertFree(target)).toThrow(expect.objectContaining({ code: 'RELEASE_INVALID' }));
  expect(() => moveIntoPlace(release.folder, target, paths)).toThrow(expect.objectContaining({ code: 'RELEASE_INVALID' }));
  expect(readdirSync(release.folder)).toEqual(['release.json']);
});
