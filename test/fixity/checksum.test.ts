import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { checksumAlgorithm, checksumFile, isChecksum } from '../../src/fixity/checksum.js';
import { parseManifestLine } from '../../src/fixity/manifest.js';
import { uriUuid } from '../../src/fixity/uuid.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

test('one read gives several digests', () => {
  const path = join(temporaryFolder(), 'abc');
  writeFileSync(path, 'abc');
  // FIPS 180-2, RFC 1321
  expect(checksumFile(path, ['md5', 'sha1'])).toEqual(['900150983cd24fb0d6963f7d28e17f72', 'a9993e364706816aba3e25717850c26c9cd0d89d']);
});

test('names of algorithms as others write them', () => {
  expect(['SHA-256', 'sha256', 'MD5', 'crc32c'].map(checksumAlgorithm)).toEqual(['sha256', 'sha256', 'md5', null]);
  expect([isChecksum('a'.repeat(32), 'md5'), isChecksum('a'.repeat(31), 'md5'), isChecksum(`${'a'.repeat(31)}g`, 'md5')]).toEqual([true, false, false]);
});

test('a manifest line by another algorithm, and not by this one', () => {
  const md5 = '900150983cd24fb0d6963f7d28e17f72';
  expect(parseManifestLine(`${md5}  data/a b`, 32)).toEqual({ digest: md5, path: 'data/a b', deviation: null });
  expect(parseManifestLine(`${md5} *data/a`, 32)).toEqual({ digest: md5, path: 'data/a', deviation: 'separator' });
  expect([parseManifestLine(`${md5}  data/a`), parseManifestLine(`${md5}0  data/a`, 32)]).toEqual([null, null]);
});

test('the UUID of a URI is what Python makes of it', () => {
  // uuid.uuid5(uuid.NAMESPACE_URL, 'nih:sha-256;aa…'), computed with Python 3.11
  expect(uriUuid('nih:sha-256;' + 'a'.repeat(64))).toBe('f16992fc-8d60-5df1-ae1d-88b60f603771');
});
