import { appendFileSync, chmodSync, copyFileSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { verifyRelease } from '../../src/verify/verify.js';
import { PAYLOAD, resealTagManifest, sha256, writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

/**
 * Every fault that sha256sum, b3sum, hashdeep, rclone, bagit.py, git-annex, DVC or ocfl-py lets pass in some mode: it is made first, and has
 * to be found by kind and path. Where an attacker may rewrite what vouches for a list, the row rewrites it, up to release.json.
 */
const temporaryFolder = useTemporaryFolders();
const IMAGE = 'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm';
const MANIFEST = 'manifest-sha256.txt';
const TAGS = 'tagmanifest-sha256.txt';

let above: string;
let release: string;
beforeEach(() => {
  above = temporaryFolder();
  release = join(above, '1.0.0');
  mkdirSync(release);
  writeRelease(release);
});

const at = (path: string): string => join(release, path);
const read = (path: string): string => readFileSync(at(path), 'utf8');

/** Changes a list and whatever vouches for it except release.json. */
function editList(name: string, edit: (text: string) => string): void {
  writeFileSync(at(name), edit(read(name)));
  resealTagManifest(release);
}

function otherBytes(path: string): void {
  writeFileSync(at(path), Buffer.alloc(readFileSync(at(path)).length, 'other'));
}

const line = (path: string, text: string | Buffer = PAYLOAD[path]!): string => `${sha256(text)}  ${path}\n`;

/** What is done, and the problems that must be among those found. */
const FAULTS: [fault: string, make: () => void, found: string[]][] = [
  ['same-size corruption', () => otherBytes(IMAGE), [`corrupt ${IMAGE}`]],
  ['corruption of a file that is read-only', () => (otherBytes(IMAGE), chmodSync(at(IMAGE), 0o444)), [`corrupt ${IMAGE}`]],
  ['truncated file', () => truncateSync(at(IMAGE), 10), [`truncated ${IMAGE}`]],
  ['truncated to nothing', () => truncateSync(at(IMAGE), 0), [`truncated ${IMAGE}`]],
  ['missing file', () => unlinkSync(at(IMAGE)), [`missing ${IMAGE}`]],
  ['extra file', () => writeFileSync(at('data/extra'), 'x'), ['extra data/extra']],
  ['extra file of no bytes, hidden', () => writeFileSync(at('data/images/.x'), ''), ['extra data/images/.x']],
  ['renamed file', () => renameSync(at(IMAGE), at('data/renamed.dcm')), [`renamed ${IMAGE}`]],
  ['payload replaced by a link to the same bytes outside', () => (renameSync(at(IMAGE), join(above, 'x')), symlinkSync(join(above, 'x'), at(IMAGE))), [`link ${IMAGE}`]],
  ['extra link to a folder outside', () => symlinkSync('/etc', at('data/etc')), ['link data/etc']],
  ['entry ../x', () => (writeFileSync(join(above, 'x'), 'x'), editList(MANIFEST, (text) => text + line('../x', 'x'))), ['unsafe-path ../x', `manifest-tampered ${MANIFEST}`]],
  ['entry /etc/passwd', () => editList(MANIFEST, (text) => text + line('/etc/passwd', readFileSync('/etc/passwd'))), ['unsafe-path /etc/passwd', `manifest-tampered ${MANIFEST}`]],
  ['same line twice', () => editList(MANIFEST, (text) => text + line(IMAGE)), [`duplicate ${IMAGE}`, `manifest-tampered ${MANIFEST}`]],
  ['two hashes for a path', () => editList(MANIFEST, (text) => text + line(IMAGE, 'other')), [`duplicate ${IMAGE}`, `manifest-tampered ${MANIFEST}`]],
  ['manifest cut mid-line', () => editList(MANIFEST, (text) => text.slice(0, -9)), [`manifest-malformed ${MANIFEST}`, `manifest-tampered ${MANIFEST}`, 'extra data/tables/cases.parquet']],
  ['last manifest line lost', () => editList(MANIFEST, (text) => text.replace(line('data/tables/cases.parquet'), '')), ['extra data/tables/cases.parquet', `manifest-tampered ${MANIFEST}`]],
  ['empty manifest', () => editList(MANIFEST, () => ''), [`manifest-malformed ${MANIFEST}`, `manifest-tampered ${MANIFEST}`, `extra ${IMAGE}`]],
  ['file and entry removed, size list, Oxum and tag manifest rewritten', () => removeWithTraces(), [`manifest-tampered ${MANIFEST}`, 'manifest-tampered bag-info.txt', 'manifest-tampered payload-sizes.txt']],
  ['tag manifest deleted, tag file edited', () => (unlinkSync(at(TAGS)), appendFileSync(at('bag-info.txt'), 'Contact-Name: x\n')), [`missing ${TAGS}`, 'manifest-tampered bag-info.txt']],
  ['CR LF manifest', () => editList(MANIFEST, (text) => text.replaceAll('\n', '\r\n')), [`manifest-malformed ${MANIFEST}`, `manifest-tampered ${MANIFEST}`]],
  ['upper-case hex', () => editList(MANIFEST, (text) => text.replace(/^\w+/gm, (hex) => hex.toUpperCase())), [`manifest-malformed ${MANIFEST}`, `manifest-tampered ${MANIFEST}`]],
  ['F1.bin and f1.bin both listed', () => editList(MANIFEST, (text) => text + line('data/F1.bin', 'a') + line('data/f1.bin', 'b')), ['collision data/F1.bin', `manifest-tampered ${MANIFEST}`]],
  ['F1.bin and f1.bin in a release that was published so', () => republish({ 'data/F1.bin': 'a', 'data/f1.bin': 'b' }), ['collision data/F1.bin']],
  ['NFC in the manifest, NFD on disk', () => renameSync(at('data/notes/übersicht.txt'), at('data/notes/u\u0308bersicht.txt')), ['renamed data/notes/übersicht.txt']],
  ['unknown BagIt version', () => editList('bagit.txt', (text) => text.replace('1.0', '9.9')), ['manifest-malformed bagit.txt', 'manifest-tampered bagit.txt']],
  ['a second manifest with an unknown hash', () => writeFileSync(at('manifest-sha9000.txt'), `00  ${IMAGE}\n`), ['extra manifest-sha9000.txt']],
  ['a second manifest with an unknown hash that the tag manifest lists', () => (writeFileSync(at('manifest-sha9000.txt'), `00  ${IMAGE}\n`), appendFileSync(at(TAGS), line('manifest-sha9000.txt', `00  ${IMAGE}\n`))), ['manifest-malformed manifest-sha9000.txt']],
  ['an older release in the place of a newer one, all of it', () => republish({}), ['manifest-tampered release.json']],
  ['a file put in the place of another one of its size', () => copyFileSync(at('data/images/C1/1.2.3/1.2.3.4/1.2.3.4.2.dcm'), at(IMAGE)), [`corrupt ${IMAGE}`]],
];

/** One file less, and every list rewritten as the publisher would have written it; release.json alone is as it was. */
function removeWithTraces(): void {
  const { [IMAGE]: _gone, ...rest } = PAYLOAD;
  const document = readFileSync(at('release.json'));
  rmSync(release, { recursive: true });
  mkdirSync(release);
  writeRelease(release, rest);
  writeFileSync(at('release.json'), document);
  resealTagManifest(release);
}

function republish(more: Record<string, string>): void {
  rmSync(release, { recursive: true });
  mkdirSync(release);
  writeRelease(release, { ...PAYLOAD, 'data/more': 'x', ...more });
}

/** Names, sizes and times of everything. */
function snapshot(): string[] {
  return readdirSync(release, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => `${path} ${statSync(path).size} ${statSync(path).ctimeMs}`)
    .sort();
}

test.each(FAULTS)('%s', async (_fault, make, found) => {
  const expect_ = `sha256:${sha256(readFileSync(at('release.json')))}`;
  make();
  const before = snapshot();
  const report = await verifyRelease(release, { jobs: 1, expect: expect_ });
  expect(report.ok).toBe(false);
  expect(report.problems.map(({ kind, path }) => `${kind} ${path}`)).toEqual(expect.arrayContaining(found));
  // nothing is mended, moved or deleted by looking
  expect(snapshot()).toEqual(before);
});
