import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { verifyRelease } from '../../src/verify/verify.js';
import { PAYLOAD, writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { formSamples, fuzzParsers, fuzzRelease } from '../support/verify-fuzz.js';

const temporaryFolder = useTemporaryFolders();

test('a release with any file damaged anyhow: no crash, and never a yes (100,000 cases: npm run bench -- fuzz-verify)', async () => {
  const root = temporaryFolder();
  const digest = writeRelease(root, { ...PAYLOAD, 'data/notes/empty.txt': 'small' }, { notCarried: { 'data/notes/z.txt': 'https://example.org/z' } });
  expect(await fuzzRelease(root, digest, { from: 1, count: 60 })).toEqual([]);
  expect((await verifyRelease(root, { jobs: 1, expect: digest })).problems).toEqual([]);
}, 60_000);

test('every parser of foreign bytes refuses or reads: none crashes, none hangs', () => {
  const root = temporaryFolder();
  writeRelease(root);
  const lists = readdirSync(root).filter((name) => name !== 'data').map((name) => readFileSync(join(root, name)));
  expect(fuzzParsers([...lists, ...formSamples()], { from: 1, count: 3000 })).toEqual([]);
}, 60_000);
