/**
 * A real S3 server for tests: Ceph's radosgw upon one monitor and one OSD that keeps everything in memory, on free ports of
 * the loopback interface, in a temporary folder. Debian: apt-get install ceph-mon ceph-osd radosgw. Nothing of it survives `stop`.
 */
import { execFile, execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

const PROGRAMS = ['monmaptool', 'ceph-mon', 'ceph', 'ceph-osd', 'radosgw', 'radosgw-admin'];

/** Why no server can be started here; null when it can. */
export function noRadosgw(): string | null {
  const missing = PROGRAMS.filter((name) => {
    try {
      execFileSync('sh', ['-c', `command -v ${name}`], { stdio: 'ignore' });
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0 ? null : `needs ${missing.join(', ')} (Debian: ceph-mon ceph-osd radosgw)`;
}

export interface S3Server {
  endpoint: string;
  /** What a client's environment has to hold. */
  env: Record<string, string>;
  stop(): Promise<void>;
}

const CREDENTIALS = { AWS_ACCESS_KEY_ID: 'colophontestkey', AWS_SECRET_ACCESS_KEY: 'colophon-test-secret-of-no-value' };

/** Starts a server; takes some 15 s. */
export async function startRadosgw(): Promise<S3Server> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-rgw-'));
  const children: ChildProcess[] = [];
  // A test run that ends early must not leave servers behind.
  process.once('exit', () => children.forEach((child) => child.kill('SIGKILL')));
  const stop = async (): Promise<void> => {
    for (const child of children.reverse()) {
      const gone = new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', done) : done(null)));
      child.kill('SIGKILL');
      await gone;
    }
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    const [v2, v1, web] = [await freePort(), await freePort(), await freePort()];
    await startCluster(folder, children, v2, v1);
    const admin = ['user', 'create', '--uid=test', '--display-name=test', `--access-key=${CREDENTIALS.AWS_ACCESS_KEY_ID}`, `--secret=${CREDENTIALS.AWS_SECRET_ACCESS_KEY}`];
    await run('radosgw-admin', ['-c', join(folder, 'ceph.conf'), ...admin], { timeout: 120_000 });
    start(folder, children, 'radosgw', ['-n', 'client.rgw', `--rgw_frontends=beast endpoint=127.0.0.1:${web}`]);
    const endpoint = `http://127.0.0.1:${web}`;
    await until(async () => (await fetch(endpoint)).status === 200, 'radosgw');
    return { endpoint, env: { ...CREDENTIALS, AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true' }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startCluster(folder: string, children: ChildProcess[], v2: number, v1: number): Promise<void> {
  const conf = join(folder, 'ceph.conf');
  const [fsid, osd] = [randomUUID(), randomUUID()];
  // Both protocols: without an address of each the OSD never comes up.
  const address = `[v2:127.0.0.1:${v2},v1:127.0.0.1:${v1}]`;
  writeFileSync(conf, configuration(folder, fsid, address));
  for (const name of ['mon', 'osd', 'run']) mkdirSync(join(folder, name));
  await run('monmaptool', ['--create', '--fsid', fsid, '--addv', 'a', address, join(folder, 'monmap')]);
  await run('ceph-mon', ['-c', conf, '--mkfs', '-i', 'a', '--monmap', join(folder, 'monmap')]);
  start(folder, children, 'ceph-mon', ['-i', 'a']);
  await run('ceph', ['-c', conf, '--connect-timeout', '60', 'osd', 'new', osd]);
  await run('ceph-osd', ['-c', conf, '--mkfs', '-i', '0', '--osd-uuid', osd]);
  start(folder, children, 'ceph-osd', ['-i', '0']);
}

function configuration(folder: string, fsid: string, address: string): string {
  return [
    '[global]',
    `fsid = ${fsid}`,
    `mon_host = ${address}`,
    'auth_cluster_required = none',
    'auth_service_required = none',
    'auth_client_required = none',
    'ms_mon_client_mode = crc', // radosgw asks for an encrypted one, for which there would have to be keys
    'public_addr = 127.0.0.1',
    'osd_pool_default_size = 1',
    'osd_pool_default_min_size = 1',
    'mon_allow_pool_size_one = true',
    'osd_pool_default_pg_num = 1',
    'osd_pool_default_pgp_num = 1',
    'osd_pool_default_pg_autoscale_mode = off',
    'osd_crush_chooseleaf_type = 0',
    'mon_data_avail_crit = 1',
    'osd_objectstore = memstore',
    'memstore_device_bytes = 1073741824',
    `mon_data = ${join(folder, 'mon')}`,
    `osd_data = ${join(folder, 'osd')}`,
    `run_dir = ${join(folder, 'run')}`,
    `admin_socket = ${join(folder, 'run')}/$name.asok`,
    `log_file = ${join(folder, 'run')}/$name.log`,
    `rgw_data = ${join(folder, 'run')}`,
    'rgw_enable_usage_log = false',
    '',
  ].join('\n');
}

function start(folder: string, children: ChildProcess[], program: string, args: string[]): void {
  children.push(spawn(program, ['-c', join(folder, 'ceph.conf'), '-f', ...args], { stdio: 'ignore', cwd: folder }));
}

function freePort(): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer().once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function until(ready: () => Promise<boolean>, what: string): Promise<void> {
  for (let left = 300; left > 0; left--) {
    if (await ready().catch(() => false)) return;
    await sleep(200);
  }
  throw new Error(`${what} did not come up`);
}
