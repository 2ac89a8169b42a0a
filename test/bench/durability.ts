/**
 * Counts what becomes of releases when a publisher is killed, when several publish at once, and when packs and pushes are
 * killed, by the real command line on the bundled sample: `npm run bench -- durability --rounds 200` kills 200 cuts, each at
 * another instant. Prints how many kills met which state; throws when a published release is damaged, a number is used twice, or the next run does not recover.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseList } from '../../src/model/release-reports.js';
import { keyedRandom } from '../../src/splits/search/random.js';
import { runCli, startCli, type CliResult } from '../support/cli.js';
import { deliver, expectStatus, freezeSplits, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';
import { copyOf } from '../support/workspace-copy.js';
import { publishAtOnce } from './durability-publishers.js';
import { killTransfers } from './durability-transfer.js';
import { print, type BenchOptions } from './measure.js';

const [FIRST, SECOND] = ['2026-03-02', '2026-09-01'];
/** Kills of each way to bring a release elsewhere. */
const TRANSFER_KILLS = 20;

/** What a kill met: read from what lies on the disk afterwards. */
type State = 'before staging' | 'while staging' | 'claimed' | 'published' | 'over before the kill';

export async function bench({ rounds }: BenchOptions): Promise<void> {
  const origin = await workspaceBeforeSecond();
  try {
    await killCuts(origin, rounds);
    await publishAtOnce(origin, SECOND);
    await killOfTransfers(origin, Math.min(rounds, TRANSFER_KILLS));
  } finally {
    rmSync(origin, { recursive: true, force: true });
  }
}

/** The sample with 1.0.0 published, its second state pulled, and a gate that lets 2.0.0 through. */
async function workspaceBeforeSecond(): Promise<string> {
  const root = await makeSampleWorkspace();
  const run = (...args: string[]): Promise<CliResult> => expectStatus(0, runCli([...args, '-q'], root));
  await run('pull');
  await freezeSplits(root, FIRST);
  await run('check');
  await run('release', 'cut', '--date', FIRST);
  deliver(root, 'second');
  await run('release', 'withdraw', '330562-000299', '--reason', 'consent', '--date', SECOND);
  await run('pull');
  await freezeSplits(root, SECOND);
  return root;
}

async function killOfTransfers(origin: string, kills: number): Promise<void> {
  const root = copyOf(origin, 'transfer');
  try {
    await expectStatus(0, runCli(['release', 'cut', '--date', SECOND, '-q'], root));
    await killTransfers(root, kills);
  } finally {
    for (const each of [root, `${root}-packs`, `${root}-pushed`]) rmSync(each, { recursive: true, force: true });
  }
}

async function killCuts(origin: string, kills: number): Promise<void> {
  const whole = await timeCut(origin);
  print(`\na cut of the sample takes ${Math.round(whole.milliseconds)} ms; ${kills} cuts are killed between its start and its end`);
  const random = keyedRandom('durability', 'instants');
  const met = new Map<State, number>();
  for (let kill = 0; kill < kills; kill++) {
    const root = copyOf(origin, 'killed');
    try {
      // Spread evenly, each somewhere in its own slice, so that no part of a cut is left out.
      const state = await killAfter(root, ((kill + random.below(1000) / 1000) / kills) * whole.milliseconds * 1.05);
      met.set(state, (met.get(state) ?? 0) + 1);
      await assertRecovers(root, whole.digest);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  }
  for (const [state, count] of met) print(`  ${state}: ${count}`);
  print(`  damaged releases: 0 of ${kills}; the next run published 2.0.0 with the same digest each time`);
}

async function timeCut(origin: string): Promise<{ milliseconds: number; digest: string }> {
  const root = copyOf(origin, 'timed');
  try {
    const started = performance.now();
    await expectStatus(0, runCli(['release', 'cut', '--date', SECOND, '-q'], root));
    const milliseconds = performance.now() - started;
    return { milliseconds, digest: (await releasesOf(root)).at(-1)?.digest ?? '' };
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function killAfter(root: string, milliseconds: number): Promise<State> {
  const { child, result } = startCli(['release', 'cut', '--date', SECOND, '-q'], root);
  const timer = setTimeout(() => child.kill('SIGKILL'), milliseconds);
  const { signal } = await result;
  clearTimeout(timer);
  if (signal === null) return 'over before the kill';
  if (existsSync(join(root, 'releases/2.0.0'))) return 'published';
  if (existsSync(join(root, 'releases/log/2.json'))) return 'claimed';
  const staging = join(root, '.colophon/staging');
  return existsSync(staging) && readdirSync(staging).length > 0 ? 'while staging' : 'before staging';
}

/** What was published is whole at once; one more run ends with exactly the releases that an undisturbed cut gives. */
async function assertRecovers(root: string, digest: string): Promise<void> {
  for (const version of versionsOf(root)) await expectStatus(version === '1.0.0' ? verifiedOf(root) : 0, runCli(['verify', join('releases', version), '-q'], root));
  const next = await runCli(['release', 'cut', '--date', SECOND, '-q'], root);
  if (next.status !== 0 && next.status !== 1) throw new Error(`the next cut ended with ${next.status}: ${next.stderr}`);
  const releases = await releasesOf(root);
  const told = releases.map((release) => `${release.version} ${release.status}`).join(', ');
  if (told !== '1.0.0 published, 2.0.0 published' || releases[1]?.digest !== digest) throw new Error(`after the next cut there are: ${told}; ${releases[1]?.digest ?? ''}`);
  await expectStatus(0, runCli(['verify', 'releases/2.0.0', '-q'], root));
  const left = readdirSync(join(root, '.colophon/staging'));
  if (left.length > 0) throw new Error(`left in staging: ${left.join(', ')}`);
}

/** 1.0.0 holds a case that is withdrawn: told with status 5 as soon as an amendment says so. */
function verifiedOf(root: string): number {
  return existsSync(join(root, 'releases/1.0.0/NOTICE')) ? 5 : 0;
}

async function releasesOf(root: string): Promise<ReleaseList['releases']> {
  return (await runJson<ReleaseList>(root, ['release', 'list'])).releases;
}

function versionsOf(root: string): string[] {
  return readdirSync(join(root, 'releases')).filter((name) => /^\d/.test(name));
}
