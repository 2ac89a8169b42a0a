/** A real Orthanc with its DICOMweb plugin on a free port, in a temporary folder. Debian: apt-get install orthanc orthanc-dicomweb. */
import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const PROGRAM = process.env.COLOPHON_TEST_ORTHANC ?? 'Orthanc';
const PLUGIN = process.env.COLOPHON_TEST_ORTHANC_DICOMWEB ?? '/usr/share/orthanc/plugins/libOrthancDicomWeb.so';

/** Why none can be started here; null when it can. */
export function noOrthanc(): string | null {
  try {
    execFileSync(PROGRAM, ['--version'], { stdio: 'ignore' });
    return existsSync(PLUGIN) ? null : 'needs the DICOMweb plugin of Orthanc (Debian: orthanc-dicomweb)';
  } catch {
    return 'needs Orthanc (Debian: orthanc orthanc-dicomweb)';
  }
}

export interface Orthanc {
  port: number;
  /** Base of the DICOMweb service. */
  url: string;
  /** Value of the header Authorization. */
  authorization: string;
  /** Stores a file by the REST interface; the status that Orthanc answers with. */
  store(bytes: Buffer): Promise<number>;
  /** Deletes an instance by its SOPInstanceUID. */
  remove(uid: string): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts an empty one. This version of it listens on all addresses of the machine: hence the password of its own.
 * @param settings of its configuration, beside ours
 */
export async function startOrthanc(settings: Record<string, unknown> = {}): Promise<Orthanc> {
  const folder = mkdtempSync(join(tmpdir(), 'colophon-orthanc-'));
  const [port, password] = [await freePort(), randomBytes(12).toString('hex')];
  const config = join(folder, 'orthanc.json');
  writeFileSync(config, JSON.stringify({ ...configuration(folder, port, password), ...settings }), { mode: 0o600 });
  const child = spawn(PROGRAM, [`--logfile=${join(folder, 'log')}`, config], { stdio: 'ignore', cwd: folder });
  const gone = new Promise((done) => child.once('exit', done));
  // A test run that ends early must not leave a server behind.
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  const stop = async (): Promise<void> => {
    process.off('exit', kill);
    kill();
    await gone;
    rmSync(folder, { recursive: true, force: true });
  };
  const authorization = `Basic ${Buffer.from(`colophon:${password}`).toString('base64')}`;
  const send = (method: string, path: string, body?: Buffer): Promise<{ status: number; body: string }> => request(port, authorization, method, path, body);
  for (let left = 200; left > 0 && (await send('GET', '/system').catch(() => null))?.status !== 200; left--) await sleep(50);
  return {
    port,
    url: `http://127.0.0.1:${port}/dicom-web`,
    authorization,
    store: async (bytes) => (await send('POST', '/instances', bytes)).status,
    remove: async (uid) => {
      const [found] = JSON.parse((await send('POST', '/tools/lookup', Buffer.from(uid))).body) as { Path: string }[];
      if (found !== undefined) await send('DELETE', found.Path);
    },
    stop,
  };
}

function configuration(folder: string, port: number, password: string): Record<string, unknown> {
  return {
    Name: 'test',
    StorageDirectory: join(folder, 'db'),
    IndexDirectory: join(folder, 'db'),
    HttpPort: port,
    RemoteAccessAllowed: false,
    AuthenticationEnabled: true,
    RegisteredUsers: { colophon: password },
    DicomServerEnabled: false,
    Plugins: [PLUGIN],
    DicomWeb: { Enable: true, Root: '/dicom-web/' },
  };
}

function request(port: number, authorization: string, method: string, path: string, body: Buffer = Buffer.alloc(0)): Promise<{ status: number; body: string }> {
  return new Promise((done, fail) => {
    const asked = http.request({ host: '127.0.0.1', port, path, method, agent: false, headers: { authorization, 'content-length': body.length } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', fail);
      response.on('end', () => done({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    asked.on('error', fail);
    asked.end(body);
  });
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
