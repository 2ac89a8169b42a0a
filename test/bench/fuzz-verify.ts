/** The cases that are too many for a test run: 100,000 damaged inputs for the parsers of verify, and 2,000 damaged releases for all of it. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PAYLOAD, writeRelease } from '../support/release-folder.js';
import { formSamples, fuzzParsers, fuzzRelease } from '../support/verify-fuzz.js';
import { print, type BenchOptions } from './measure.js';

const PARSER_CASES = 100_000;
const RELEASE_CASES = 2_000;

/** Prints how many cases were tried; throws when one failed. */
export async function bench({ folder }: BenchOptions): Promise<void> {
  const root = join(folder, 'fuzz-verify');
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const digest = writeRelease(root, PAYLOAD, { notCarried: { 'data/notes/z.txt': 'https://example.org/z' } });
  const lists = readdirSync(root).filter((name) => name !== 'data').map((name) => readFileSync(join(root, name)));
  const failed = [...fuzzParsers([...lists, ...formSamples()], { from: 1_000_000, count: PARSER_CASES }), ...(await fuzzRelease(root, digest, { from: 1_000_000, count: RELEASE_CASES }))];
  print(`fuzz: ${PARSER_CASES} damaged inputs, ${RELEASE_CASES} damaged releases, ${failed.length} crashed, hung or passed`);
  if (failed.length > 0) throw new Error(failed.slice(0, 20).join('\n'));
}
