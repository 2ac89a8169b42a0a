import { mkdirSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { Problem, VerifyReport } from '../../src/model/verification.js';
import { verifyProblems } from '../../src/verify/problem-stream.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { writeRelease } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const FILES = 1500;

let release: string;
beforeEach(() => {
  release = join(temporaryFolder(), '1.0.0');
  mkdirSync(release);
  writeRelease(release, Object.fromEntries(Array.from({ length: FILES }, (_, at) => [`data/images/C1/${String(at).padStart(4, '0')}.dcm`, `image ${at}`])));
});

function spoil(): void {
  const folder = join(release, 'data/images/C1');
  for (const name of readdirSync(folder)) writeFileSync(join(folder, name), 'IMAGE X');
  unlinkSync(join(folder, '0000.dcm'));
}

test('every problem of the report comes once, the first before the run is over, and the report at the end', async () => {
  spoil();
  let seen = 0;
  const effects = { ...defaultEffects, progress: ({ files }: { files: number }) => void (seen = files) };
  const stream = verifyProblems(release, { jobs: 1 }, effects);
  const problems: Problem[] = [];
  let next = await stream.next();
  expect(seen).toBeLessThan(FILES / 2);
  for (; next.done !== true; next = await stream.next()) problems.push(next.value);
  const report: VerifyReport = next.value;
  const names = (list: readonly Problem[]): string[] => list.map(({ kind, path }) => `${kind} ${path}`).sort();
  expect(names(problems)).toEqual(names(report.problems));
  expect(names((await verifyRelease(release, { jobs: 1 })).problems)).toEqual(names(report.problems));
  expect(problems).toHaveLength(FILES);
});

test('files are read no faster than problems are taken, and to stop taking stops the run', async () => {
  spoil();
  let seen = 0;
  const effects = { ...defaultEffects, progress: ({ files }: { files: number }) => void (seen = files) };
  for await (const problem of verifyProblems(release, { jobs: 1 }, effects)) {
    expect(problem.kind).toMatch(/corrupt|truncated/);
    await new Promise((resolve) => setTimeout(resolve, 300));
    break;
  }
  expect(seen).toBeLessThan(FILES / 2);
});

test('a sound release gives nothing but its report; what is no release throws', async () => {
  const stream = verifyProblems(release, { jobs: 1 });
  expect(await stream.next()).toMatchObject({ done: true, value: { ok: true, files: FILES + 8 } });
  await expect(verifyProblems(join(release, 'nothing')).next()).rejects.toMatchObject({ code: 'RELEASE_NOT_FOUND' });
  await expect(verifyProblems(release, { signal: AbortSignal.abort() }).next()).rejects.toMatchObject({ code: 'INTERRUPTED' });
});
