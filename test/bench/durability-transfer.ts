/**
 * Kills `release pack` and `release push` (to a folder, and to an S3 server where Ceph is installed) at instants spread over
 * their whole run, and counts what became of it: what a reader sees is nothing or whole, and the same command run again ends
 * with what an undisturbed one gives. Throws when that is not so.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { keyedRandom } from '../../src/splits/search/random.js';
import { runCli, startCli } from '../support/cli.js';
import { noRadosgw, startRadosgw } from '../support/radosgw.js';
import { expectStatus } from '../support/sample-workspace.js';
import { print } from './measure.js';

const VERSION = '2.0.0';

/** A command that brings a release to a place, and how that is looked at. */
interface Transfer {
  name: string;
  args(place: string): string[];
  env?: Record<string, string>;
  /** A place that nobody used. */
  place(round: number): string;
  /** What a reader sees there is nothing, or whole: null; otherwise what is wrong. Absent where nobody looks. */
  fault?(place: string): Promise<string | null> | string | null;
  /** Everything that is there at the end, to be compared. */
  state(place: string): string;
  remove(place: string): void;
}

/** @param root a workspace in which 2.0.0 is published */
export async function killTransfers(root: string, kills: number): Promise<void> {
  await killTransfer(packTransfer(root), root, kills);
  await killTransfer(folderTransfer(root), root, kills);
  const missing = noRadosgw();
  if (missing !== null) return print(`\npushes to a bucket were not killed: ${missing}`);
  const server = await startRadosgw();
  try {
    const client = new S3Client({ region: 'us-east-1', endpoint: server.endpoint, forcePathStyle: true, credentials: { accessKeyId: server.env.AWS_ACCESS_KEY_ID!, secretAccessKey: server.env.AWS_SECRET_ACCESS_KEY! } });
    await client.send(new CreateBucketCommand({ Bucket: 'data' }));
    client.destroy();
    await killTransfer(bucketTransfer(root, server.endpoint, server.env), root, kills);
  } finally {
    await server.stop();
  }
}

async function killTransfer(transfer: Transfer, root: string, kills: number): Promise<void> {
  const whole = transfer.place(0);
  const started = performance.now();
  await expectStatus(0, runCli([...transfer.args(whole), '-q'], root, transfer.env));
  const milliseconds = performance.now() - started;
  const expected = transfer.state(whole);
  const random = keyedRandom('durability', transfer.name);
  let over = 0;
  for (let kill = 1; kill <= kills; kill++) {
    const place = transfer.place(kill);
    const { child, result } = startCli([...transfer.args(place), '-q'], root, transfer.env);
    const timer = setTimeout(() => child.kill('SIGKILL'), ((kill - 1 + random.below(1000) / 1000) / kills) * milliseconds);
    if ((await result).signal === null) over += 1;
    clearTimeout(timer);
    const fault = (await transfer.fault?.(place)) ?? null;
    if (fault !== null) throw new Error(`${transfer.name}, killed: ${fault}`);
    await expectStatus(0, runCli([...transfer.args(place), '-q'], root, transfer.env));
    if (transfer.state(place) !== expected) throw new Error(`${transfer.name}: the run after a kill ended with something else`);
    transfer.remove(place);
  }
  transfer.remove(whole);
  print(`\n${transfer.name} takes ${Math.round(milliseconds)} ms; killed ${kills - over} times (${over} were over before): ${transfer.fault === undefined ? '' : 'readers saw nothing or all of it, and '}the next run ended as an undisturbed one`);
}

function packTransfer(root: string): Transfer {
  return {
    name: 'release pack',
    args: (place) => ['release', 'pack', VERSION, '--shard-bytes', '500KB', '--output', place],
    place: (round) => `${root}-packs/${round}`,
    fault: (place) => (existsSync(place) && sumsFail(place) ? 'the folder of archives is there and is not whole' : null),
    state: treeState,
    remove: (place) => rmSync(place, { recursive: true, force: true }),
  };
}

function folderTransfer(root: string): Transfer {
  return {
    name: 'release push to a folder',
    args: (place) => ['release', 'push', VERSION, place],
    place: (round) => `${root}-pushed/${round}`,
    async fault(place) {
      if (!existsSync(join(place, VERSION))) return null;
      const { status, stdout } = await runCli(['verify', join(place, VERSION)], root);
      return status === 0 ? null : stdout;
    },
    state: treeState,
    remove: (place) => rmSync(place, { recursive: true, force: true }),
  };
}

/** What is in the bucket is told by a push that would send nothing, and finds nothing that differs. */
function bucketTransfer(root: string, endpoint: string, env: Record<string, string>): Transfer {
  return {
    name: 'release push to a bucket',
    args: (place) => ['release', 'push', VERSION, place, '--endpoint', endpoint],
    env,
    place: (round) => `s3://data/${basename(root)}/${round}`,
    state: (place) => {
      const report = JSON.parse(execFileSync(process.execPath, ['bin/run.js', 'release', 'push', VERSION, place, '--endpoint', endpoint, '--dry-run', '--json', '-w', root], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'ignore'], encoding: 'utf8' })) as { sent: unknown; there: unknown; beside: unknown; latest: unknown };
      return JSON.stringify([report.sent, report.there, report.beside, report.latest]);
    },
    remove: () => undefined,
  };
}

function sumsFail(folder: string): boolean {
  try {
    execFileSync('sha256sum', ['-c', '--quiet', '--strict', 'SHA256SUMS'], { cwd: folder, stdio: 'ignore' });
    return false;
  } catch {
    return true;
  }
}

/** Names and digests of all files in a folder, and of what lies beside it under its name. */
function treeState(folder: string): string {
  const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum'], { cwd: folder, encoding: 'utf8' });
  const beside = readdirSync(dirname(folder)).filter((name) => name !== basename(folder) && name.includes(`.${basename(folder)}.`));
  return JSON.stringify([sums, beside]);
}
