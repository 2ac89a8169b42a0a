/**
 * A real PostgreSQL server for tests, on a free port of loopback, in a temporary folder. Debian: apt-get install postgresql.
 * It refuses to run as root, so root starts it as the user `postgres`. Nothing of it survives `stop`.
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** Where Debian keeps the programs of each version. */
const VERSIONS = '/usr/lib/postgresql';

const USER = 'steward';
export const PASSWORD = 'p@ss/word of no value';

/** Why no server can be started here; null when it can. */
export function noPostgres(): string | null {
  if (programFolder() === null) return 'needs initdb and postgres (Debian: postgresql)';
  return process.getuid?.() === 0 && serverUser() === null ? 'needs the user postgres, as root starts no server' : null;
}

export interface PostgresServer {
  port: number;
  /** With the password in it. */
  url: string;
  /** The same for another database, or with options: `?sslmode=require`. */
  urlOf(rest: string): string;
  /** Runs SQL as the owner. */
  run(sql: string): Promise<void>;
  /** Feeds the standard input of `psql` (COPY ... FROM STDIN). */
  psql(input: string): void;
  /** Its own folder; goes with it. */
  folder: string;
  /** Process id of the server. */
  pid: number;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** Starts a server; takes about 2 s. @param settings of postgresql.conf */
export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-pg-'));
  const user = process.getuid?.() === 0 ? serverUser() : null;
  const as = user === null ? {} : user;
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const programs = programFolder() ?? '';
  const data = join(folder, 'data');
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, PASSWORD);
  if (user !== null) chownSync(passwordFile, user.uid, user.gid);
  execFileSync(join(programs, 'initdb'), ['-D', data, '-U', USER, '-E', 'UTF8', '--locale=C.UTF-8', '--auth=scram-sha-256', `--pwfile=${passwordFile}`, '--no-sync'], { ...as, cwd: folder, stdio: 'ignore' });
  const port = await freePort();
  const all = { listen_addresses: '127.0.0.1', port: String(port), unix_socket_directories: '', fsync: 'off', ...settings };
  const args = ['-D', data, ...Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  let child = start();
  function start(): ChildProcess {
    return spawn(join(programs, 'postgres'), args, { ...as, cwd: folder, stdio: 'ignore' });
  }
  // A test run that ends early must not leave servers behind.
  process.once('exit', () => child.kill('SIGQUIT'));
  const urlOf = (rest: string): string => `postgresql://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/${rest}`;
  const url = urlOf('postgres');
  const end = async (): Promise<void> => {
    const gone = new Promise((done) => (child.exitCode === null && child.signalCode === null ? child.once('exit', done) : done(null)));
    child.kill('SIGQUIT');
    await gone;
  };
  const server: PostgresServer = {
    port,
    folder,
    url,
    urlOf,
    run: (sql) => once(url, sql),
    psql: (input) => void execFileSync(join(programs, 'psql'), ['-q', '-v', 'ON_ERROR_STOP=1', url], { input, stdio: ['pipe', 'ignore', 'inherit'] }),
    pid: child.pid ?? 0,
    async restart() {
      await end();
      child = start();
      server.pid = child.pid ?? 0;
      await until(() => once(url, 'SELECT 1'));
    },
    async stop() {
      await end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
  try {
    await until(() => once(url, 'SELECT 1'));
    return server;
  } catch (error) {
    await server.stop();
    throw error;
  }
}

async function once(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

function programFolder(): string | null {
  const versions = existsSync(VERSIONS) ? readdirSync(VERSIONS).map((name) => join(VERSIONS, name, 'bin')) : [];
  return versions.filter((folder) => existsSync(join(folder, 'initdb'))).sort().at(-1) ?? null;
}

function serverUser(): { uid: number; gid: number } | null {
  try {
    const id = (flag: string): number => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }));
    return { uid: id('-u'), gid: id('-g') };
  } catch {
    return null;
  }
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

async function until(ready: () => Promise<void>): Promise<void> {
  for (let left = 200; left > 0; left--) {
    if (await ready().then(() => true, () => false)) return;
    await sleep(100);
  }
  throw new Error('PostgreSQL did not come up');
}
