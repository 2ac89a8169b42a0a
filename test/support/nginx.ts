/** A real nginx on a free port of loopback, in a temporary folder. Debian: apt-get install nginx-light. */
import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = process.env.COLOPHON_TEST_NGINX ?? 'nginx';

/** Why none can be started here; null when it can. */
export function noNginx(): string | null {
  try {
    execFileSync(PROGRAM, ['-v'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'needs nginx (Debian: nginx-light)';
  }
}

export interface Nginx {
  url: string;
  stop(): Promise<void>;
}

/** Serves a folder. */
export async function startNginx(root: string): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-nginx-'));
  const port = await freePort();
  for (const name of ['body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']) mkdirSync(join(folder, name));
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((name) => `${name}_temp_path ${join(folder, name.replace('client_', ''))};`);
  const config = join(folder, 'nginx.conf');
  // Workers that give up root could not read the folders of a test.
  const user = process.getuid?.() === 0 ? 'user root;' : '';
  writeFileSync(config, `daemon off; ${user} pid ${join(folder, 'pid')}; error_log ${join(folder, 'error.log')}; worker_processes 1; events {}
http { access_log off; ${temporary.join(' ')} gzip on; gzip_types *; gzip_min_length 1;
  server { listen 127.0.0.1:${port}; root ${root}; } }\n`);
  const child = spawn(PROGRAM, ['-e', join(folder, 'error.log'), '-c', config], { stdio: 'ignore' });
  const gone = new Promise((done) => child.once('exit', done));
  const url = `http://127.0.0.1:${port}`;
  for (let left = 100; left > 0 && !(await fetch(url).then(() => true, () => false)); left--) await sleep(50);
  return {
    url,
    stop: async () => {
      child.kill('SIGQUIT');
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
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
