import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, truncateSync, utimesSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { defaultEffects, type Effects } from '../../src/effects.js';
import { FileDigester } from '../../src/fixity/digest.js';
import type { VerifyReport } from '../../src/model/verification.js';
import type { VerifyOptions } from '../../src/verify/inspection.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { sealRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
/** Each file fills a message to a worker, so that a run can be interrupted between any two. They are sparse: no disk, little time. */
const BYTES = 16 << 20;
const PATHS = Array.from({ length: 8 }, (_, at) => `data/images/C1/${at}.dcm`);
/** An hour later than the files were made: only what has been as it is for some seconds is believed later. */
const LATER: Effects = { ...defaultEffects, now: () => new Date(Date.now() + 3_600_000) };

let release: string;
let state: string;
beforeEach(() => {
  release = join(temporaryFolder(), '1.0.0');
  state = temporaryFolder();
  mkdirSync(join(release, 'data/images/C1'), { recursive: true });
  const digester = new FileDigester();
  sealRelease(release, PATHS.map((path, at) => {
    writeFileSync(join(release, path), `${at}`);
    truncateSync(join(release, path), BYTES);
    return { path, sha256: digester.digestFile(join(release, path)).sha256, size: BYTES };
  }));
});

const verify = (options: VerifyOptions = {}, effects = LATER): Promise<VerifyReport> => verifyRelease(release, { jobs: 1, resume: { folder: state, fromBytes: 0 }, ...options }, effects);
const journals = (): string[] => readdirSync(state, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
const kept = ({ notes }: VerifyReport): number => Number(/interrupted: ([0-9]+) files/.exec(notes.join('\n'))?.[1] ?? 0);

/** Verifies until some files are done, and stops there, as Ctrl-C does. */
async function interrupt(after = 3): Promise<void> {
  const stop = new AbortController();
  const effects: Effects = { ...LATER, progress: ({ files, bytes }) => void (bytes > after * BYTES && files > 0 && stop.abort()) };
  await expect(verify({ signal: stop.signal }, effects)).rejects.toMatchObject({ code: 'INTERRUPTED', suggestions: [expect.stringContaining('goes on')] });
  expect(journals()).toHaveLength(1);
}

test('an interrupted run is gone on with, told, and leaves nothing behind when it is through', async () => {
  await interrupt();
  const report = await verify();
  expect(report.problems).toEqual([]);
  expect(kept(report)).toBeGreaterThanOrEqual(3);
  expect(kept(report)).toBeLessThan(PATHS.length);
  expect(report.files).toBe(PATHS.length + 8);
  expect(report.bytes).toBeLessThan((PATHS.length - 3) * BYTES + 100_000);
  expect(report.not_checked.join('\n')).toMatch(/The bytes of \d payload files .* once more.*--no-resume/);
  expect(journals()).toEqual([]);
  expect(kept(await verify())).toBe(0);
}, 30_000);

test('a second interruption keeps what the first one had', async () => {
  await interrupt(2);
  const stop = new AbortController();
  await expect(verify({ signal: stop.signal }, { ...LATER, progress: ({ bytes }) => void (bytes > 5 * BYTES && stop.abort()) })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(kept(await verify())).toBeGreaterThanOrEqual(5);
}, 30_000);

test('what changed since is read again, even with its old size and time of change', async () => {
  await interrupt();
  for (const path of PATHS) {
    const { atime, mtime } = statSync(join(release, path));
    const descriptor = openSync(join(release, path), 'r+');
    writeSync(descriptor, 'X', 1000);
    closeSync(descriptor);
    utimesSync(join(release, path), atime, mtime);
  }
  const report = await verify();
  expect(report.problems.map(({ kind, path }) => `${kind} ${path}`)).toEqual(PATHS.map((path) => `corrupt ${path}`));
  expect(kept(report)).toBe(0);
}, 30_000);

test('a file that changed shortly before the run is not believed later', async () => {
  const stop = new AbortController();
  await expect(verify({ signal: stop.signal }, { ...defaultEffects, progress: ({ bytes }) => void (bytes > 3 * BYTES && stop.abort()) })).rejects.toMatchObject({ code: 'INTERRUPTED' });
  expect(kept(await verify())).toBe(0);
}, 30_000);

test('lines that were changed, cut or added do not count, nor any behind them', async () => {
  await interrupt();
  const path = join(state, journals()[0]!);
  const text = readFileSync(path, 'utf8');
  writeFileSync(path, text.replace(/\n([0-9a-f]{64}) \[0,"/, '\n$1 [1,"'));
  expect(kept(await verify())).toBe(0);
  await interrupt();
  const other = join(state, journals()[0]!);
  const stamps = readFileSync(other, 'utf8').split('\n').slice(0, 1).join('');
  writeFileSync(other, `${stamps}\n${'0'.repeat(64)} [0,"1:2:3:4:5"]\n`);
  appendFileSync(other, 'garbage without end');
  expect(kept(await verify())).toBe(0);
}, 30_000);

test('a journal of another release, or of another list, does not count', async () => {
  await interrupt();
  sealRelease(release, PATHS.map((path) => ({ path, sha256: new FileDigester().digestFile(join(release, path)).sha256, size: BYTES })), { version: '2.0.0' });
  expect(kept(await verify())).toBe(0);
  expect(journals()).toEqual([]);
}, 30_000);

test('without resume, in a fast run, for a small release and inside the release nothing is written', async () => {
  const effects: Effects = { ...LATER, progress: () => expect(journals()).toEqual([]) };
  expect((await verifyRelease(release, { jobs: 1 }, effects)).ok).toBe(true);
  expect((await verify({ fast: true }, effects)).ok).toBe(true);
  expect((await verify({ resume: { folder: state } }, effects)).ok).toBe(true);
  const inside = await verify({ resume: { folder: join(release, 'state'), fromBytes: 0 } });
  expect(inside.problems).toEqual([]);
  expect(inside.notes.join('\n')).toContain('would lie inside the release');
}, 30_000);
