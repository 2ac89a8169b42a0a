/**
 * Several publishers at once: 8 processes at one workspace, then 8 workspaces (other catalogs, other locks) that share one
 * releases/ folder. Throws when a number is used twice or left out, or a publisher ends without a release and without a word.
 */
import { readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { ReleaseList } from '../../src/model/release-reports.js';
import { runCli, type CliResult } from '../support/cli.js';
import { expectStatus, runJson } from '../support/sample-workspace.js';
import { copyOf } from '../support/workspace-copy.js';
import { print } from './measure.js';

const PUBLISHERS = 8;

/**
 * Lets them publish.
 * @param origin a workspace whose next cut succeeds
 * @param date of the releases
 */
export async function publishAtOnce(origin: string, date: string): Promise<void> {
  const root = copyOf(origin, 'shared');
  try {
    // With nothing new to release, every one of them asks for the same data under a new number.
    await expectStatus(0, runCli(['release', 'cut', '--date', date, '-q'], root));
    await publish(`${PUBLISHERS} publishers at one workspace`, root, new Array<string>(PUBLISHERS).fill(root), date);
    await publishFromMany(root, date);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
}

async function publishFromMany(root: string, date: string): Promise<void> {
  const releases = `${root}-releases`;
  renameSync(join(root, 'releases'), releases);
  symlinkSync(releases, join(root, 'releases'));
  const roots = Array.from({ length: PUBLISHERS }, (_, at) => copyOf(root, String(at)));
  try {
    await publish(`${PUBLISHERS} workspaces that share one folder of releases`, root, roots, date);
  } finally {
    for (const each of [...roots, releases]) rmSync(each, { recursive: true, force: true });
  }
}

async function publish(title: string, root: string, roots: readonly string[], date: string): Promise<void> {
  const before = (await releasesOf(root)).length;
  const runs = await Promise.all(roots.map((each) => runCli(['release', 'cut', '--bump', 'patch', '--date', date, '-q'], each)));
  await judge(title, root, runs, before);
}

async function judge(title: string, root: string, runs: readonly CliResult[], before: number): Promise<void> {
  const releases = await releasesOf(root);
  const published = runs.filter(({ status }) => status === 0).length;
  const refused = runs.filter(({ status, stderr }) => status !== 0 && stderr.trim() !== '');
  print(`\n${title}: ${published} published, ${refused.length} refused with a message; numbers ${releases.map(({ version }) => version).join(' ')}`);
  for (const { stderr } of refused) print(`  ${stderr.split('\n')[0] ?? ''}`);
  if (published + refused.length !== runs.length) throw new Error('a publisher ended without a word');
  const sequences = releases.map(({ sequence }) => sequence).join(' ');
  if (releases.length !== published + before || sequences !== releases.map((_, at) => at + 1).join(' ')) throw new Error(`the sequences are ${sequences}`);
  if (new Set(releases.map(({ digest }) => digest)).size !== releases.length) throw new Error('two numbers hold one release');
  for (const { version, sequence } of releases) {
    const claim = readFileSync(join(root, 'releases/log', `${sequence}.json`), 'utf8');
    if (claim !== readFileSync(join(root, 'releases', version, 'release.json'), 'utf8')) throw new Error(`${version} is not what its number was claimed for`);
    if (version !== '1.0.0') await expectStatus(0, runCli(['verify', join('releases', version), '-q'], root));
  }
}

async function releasesOf(root: string): Promise<ReleaseList['releases']> {
  return (await runJson<ReleaseList>(root, ['release', 'list'])).releases;
}
