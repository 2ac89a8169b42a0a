import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { DoctorProbe, DoctorReport } from '../../src/model/doctor.js';
import type { SourceConfig } from '../../src/model/source-config.js';
import { judgeClock } from '../../src/workflow/doctor/clock.js';
import { judgeTimes } from '../../src/workflow/doctor/file-system.js';
import { judgeNode } from '../../src/workflow/doctor/installation.js';
import { examine, type DoctorOptions } from '../../src/workflow/doctor.js';
import { openWorkspace } from '../../src/workspace/workspace.js';
import { runCli } from '../support/cli.js';
import { startDicomwebServer } from '../support/dicomweb-server.js';
import { freePort } from '../support/free-port.js';
import { noOrthanc, startOrthanc } from '../support/orthanc.js';
import { noPostgres, PASSWORD, startPostgres } from '../support/postgres.js';
import { noRedis, startRedis } from '../support/redis.js';
import { expectStatus, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();

function look(root: string | null, more: Partial<DoctorOptions> = {}): Promise<DoctorReport> {
  return examine({ root, open: () => openWorkspace(root ?? undefined), engine: null, redis: undefined, ...more }, defaultEffects);
}

/** A small workspace with these sources, and what doctor says of them. */
async function lookAt(...sources: SourceConfig[]): Promise<DoctorProbe[]> {
  const root = makeFolder();
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify({ dataset: { id: 't', title: 'T', license: 'CC0-1.0' }, sources, schema: 'none' }));
  return (await look(root)).probes.filter(({ area }) => area === 'sources');
}

function probe({ probes }: DoctorReport, what: string): DoctorProbe {
  const found = probes.find((each) => each.what === what);
  if (found === undefined) throw new Error(`no probe ${what} in ${probes.map((each) => each.what).join(', ')}`);
  return found;
}

describe('the sample', () => {
  let sound: string;
  let root = '';
  beforeAll(async () => {
    sound = await makeSampleWorkspace();
    await expectStatus(0, runCli(['pull', '-q'], sound));
    for (const name of ['open-sequestered', 'benchmark']) {
      await expectStatus(0, runCli(['split', 'assign', name, '-q'], sound));
      await expectStatus(0, runCli(['split', 'freeze', name, '--date', '2026-01-05', '-q'], sound));
    }
    await expectStatus(0, runCli(['check', '-q'], sound));
    await expectStatus(0, runCli(['release', 'cut', '--date', '2026-01-06', '-q'], sound));
  }, 240_000);
  afterAll(() => rmSync(sound, { recursive: true, force: true }));
  afterEach(() => {
    if (root !== '') rmSync(root, { recursive: true, force: true });
  });

  const copy = (): string => {
    root = `${sound}-copy`;
    cpSync(sound, root, { recursive: true, preserveTimestamps: true });
    return root;
  };

  test('is sound, by the command line too, and nothing of it was changed', async () => {
    const before = readdirSync(join(sound, '.colophon'));
    const report = await runJson<DoctorReport>(sound, ['doctor']);
    expect(report.probes.filter(({ area, outcome }) => area !== 'engine' && outcome === 'failed')).toEqual([]);
    expect(probe(report, 'release log')).toMatchObject({ outcome: 'ok' });
    expect(probe(report, 'split record benchmark')).toMatchObject({ outcome: 'ok' });
    expect(probe(report, 'last run')).toMatchObject({ outcome: 'ok', found: 'release cut: done' });
    expect(readdirSync(join(sound, '.colophon'))).toEqual(before);
  });

  test('is told broken wherever it was broken', async () => {
    copy();
    const record = join(root, 'splits/benchmark.csv');
    writeFileSync(record, readFileSync(record, 'utf8').replace(/train/, 'test'));
    chmodSync(join(root, 'private'), 0o755);
    writeFileSync(join(root, 'private', 'names.txt'), 'x', { mode: 0o644 });
    writeFileSync(join(root, '.gitignore'), '.colophon/\n');
    mkdirSync(join(root, '.git'));
    const [version = ''] = readdirSync(join(root, 'releases')).filter((name) => /^\d/.test(name));
    rmSync(join(root, 'releases', version), { recursive: true });
    rmSync(join(root, 'incoming/dicom'), { recursive: true });
    mkdirSync(join(root, 'incoming/dicom'));
    writeFileSync(join(root, 'incoming/tables/extra.csv'), 'a,a\n1,2\n');
    writeFileSync(join(root, '.colophon/lock'), JSON.stringify({ pid: 2 ** 22 - 1, host: hostname(), started: '1', doing: 'pulling' }));
    mkdirSync(join(root, '.colophon/staging'), { recursive: true });
    const report = await look(root);
    const failed = report.probes.filter(({ outcome }) => outcome === 'failed').map(({ what }) => what);
    expect(failed).toEqual(['release log', 'split record benchmark', 'private/', '.gitignore', 'source images (dicom-folder)', 'source clinical (tables)']);
    expect(report.ok).toBe(false);
    expect(probe(report, 'release log').found).toContain('is missing');
    expect(probe(report, 'lock')).toMatchObject({ outcome: 'warning', found: 'left behind by a process that is gone' });
    expect(probe(report, 'source clinical (tables)').found).toContain('extra.csv');
    for (const { outcome, next } of report.probes) if (outcome === 'failed' || outcome === 'warning') expect(next).toMatch(/\S/);
    const { status, stdout } = await runCli(['doctor'], root);
    expect(status).toBe(1);
    expect(stdout).toContain('✗ .gitignore');
  });

  test('tells a catalog of another program, and a release.json that was edited', async () => {
    copy();
    writeFileSync(join(root, '.colophon/catalog.duckdb'), 'nonsense');
    const [version = ''] = readdirSync(join(root, 'releases')).filter((name) => /^\d/.test(name));
    const path = join(root, 'releases', version, 'release.json');
    chmodSync(path, 0o644);
    writeFileSync(path, readFileSync(path, 'utf8').replace('"', ' "'));
    const report = await look(root);
    expect(probe(report, 'catalog').outcome).toBe('failed');
    expect(probe(report, 'release log')).toMatchObject({ outcome: 'failed', found: `${version} is edited` });
  });
});

test('a configuration that cannot be read is a failure among others; without a workspace the rest is looked at', async () => {
  const root = makeFolder();
  writeFileSync(join(root, 'colophon.yaml'), 'dataset: {id: 1}\nsuorces: []\n');
  const broken = await look(root);
  expect(probe(broken, 'colophon.yaml').outcome).toBe('failed');
  expect(probe(broken, 'DuckDB').outcome).toBe('ok');
  const nowhere = await look(null);
  expect(nowhere.probes.filter(({ area, outcome }) => area === 'installation' && outcome === 'failed')).toEqual([]);
  expect(probe(nowhere, 'text recognition').outcome).toBe('ok');
  expect(probe(nowhere, 'colophon.yaml').outcome).toBe('skipped');
});

test('a clock that is wrong, an old Node.js', () => {
  expect(judgeClock(new Date('1970-01-02')).outcome).toBe('failed');
  expect(judgeClock(new Date('2027-01-01'), new Date('2026-06-01')).outcome).toBe('ok');
  expect(judgeClock(new Date('2026-05-01'), new Date('2026-06-01')).outcome).toBe('failed');
  expect(judgeTimes(100_000, 0)).toMatchObject({ outcome: 'warning', found: '100 s ahead of this machine' });
  expect(judgeNode('20.11.1').outcome).toBe('failed');
  expect(judgeNode('18.20.0').outcome).toBe('failed');
  expect(judgeNode('20.12.0').outcome).toBe('ok');
  expect(judgeNode('22.0.0').outcome).toBe('ok');
});

describe('sources that are elsewhere', () => {
  let hanging: Server;
  let hung: number;
  const sockets = new Set<Socket>();
  beforeAll(async () => {
    hanging = createServer((socket) => sockets.add(socket.on('error', () => {})));
    await new Promise<void>((done) => hanging.listen(0, '127.0.0.1', done));
    const address = hanging.address();
    hung = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    hanging.close();
  });

  test('servers that are dead or say nothing are given up within ten seconds, all of them together', async () => {
    process.env.AWS_ACCESS_KEY_ID ??= 'x';
    process.env.AWS_SECRET_ACCESS_KEY ??= 'hush-secret';
    const dead = await freePort();
    const sources = [dead, hung].flatMap((port): SourceConfig[] => [
      { name: `web-${port}`, kind: 'http-tables', url: `http://u:hush@127.0.0.1:${port}/`, tables: { case: 'case.csv' } },
      { name: `pacs-${port}`, kind: 'dicomweb', url: `http://127.0.0.1:${port}/dicom-web` },
      { name: `bucket-${port}`, kind: 's3', bucket: 'b', endpoint: `http://127.0.0.1:${port}` },
      { name: `registry-${port}`, kind: 'postgres', url: `postgresql://u:hush@127.0.0.1:${port}/d`, tables: { case: 'select 1 as a' } },
    ]);
    const begun = performance.now();
    const probes = await lookAt(...sources);
    expect(performance.now() - begun).toBeLessThan(40_000);
    expect(probes.map(({ outcome }) => outcome)).toEqual(sources.map(() => 'failed'));
    expect(JSON.stringify(probes)).not.toContain('hush');
  }, 120_000);

  test('a DICOMweb service that answers, one that is empty, one that sends a page', async () => {
    const server = await startDicomwebServer([]);
    try {
      const source: SourceConfig = { name: 'pacs', kind: 'dicomweb', url: server.url };
      expect((await lookAt(source))[0]).toMatchObject({ outcome: 'warning' });
      expect(server.requests.map(({ url }) => url)).toEqual(['/dicom-web/studies?limit=1']);
      server.misdeed = (_request, response) => (response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'), true);
      expect((await lookAt(source))[0]).toMatchObject({ outcome: 'failed' });
    } finally {
      await server.stop();
    }
  });

  const orthancMissing = noOrthanc();
  (orthancMissing === null ? test : test.skip)('a real Orthanc that knows who asks, and one that does not', async () => {
    const orthanc = await startOrthanc();
    try {
      process.env.COLOPHON_TEST_DOCTOR_PACS = orthanc.authorization;
      const [known, unknown] = await lookAt({ name: 'a', kind: 'dicomweb', url: orthanc.url, auth: { header: '${COLOPHON_TEST_DOCTOR_PACS}' } }, { name: 'b', kind: 'dicomweb', url: orthanc.url });
      expect(known).toMatchObject({ outcome: 'warning' });
      expect(known?.found).toContain('finds no study');
      expect(unknown).toMatchObject({ outcome: 'failed' });
    } finally {
      await orthanc.stop();
    }
  }, 120_000);

  const postgresMissing = noPostgres();
  (postgresMissing === null ? test : test.skip)('a real PostgreSQL: its queries are planned and not run, and nothing is written', async () => {
    const server = await startPostgres();
    try {
      await server.run('CREATE TABLE accepted (id text)');
      process.env.COLOPHON_TEST_DOCTOR_REGISTRY = server.url;
      const registry = (name: string, sql: string): SourceConfig => ({ name, kind: 'postgres', url: '${COLOPHON_TEST_DOCTOR_REGISTRY}', tables: { case: sql } });
      const probes = await lookAt(registry('good', 'select id from accepted;'), registry('slow', 'select pg_sleep(60) as id'), registry('wrong', 'select id from rejected'), registry('two', 'select 1 as a; drop table accepted'));
      expect(probes.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'failed', 'failed']);
      expect(JSON.stringify(probes)).not.toContain(encodeURIComponent(PASSWORD));
      await server.run('SELECT id FROM accepted');
    } finally {
      await server.stop();
    }
  }, 120_000);

  const redisMissing = noRedis();
  (redisMissing === null ? test : test.skip)('a real Redis, one that evicts, a wrong password, a dead one, one that says nothing', async () => {
    const [good, evicting] = [await startRedis({ password: 'hush' }), await startRedis({ more: ['--maxmemory-policy', 'allkeys-lru'] })];
    try {
      const ask = async (redis: string): Promise<DoctorProbe> => probe(await look(null, { engine: 'bullmq', redis }), 'bullmq');
      const begun = performance.now();
      const [a, b, c, d, e] = await Promise.all([ask(good.url), ask(evicting.url), ask(good.url.replace('hush', 'hushed')), ask(`redis://127.0.0.1:${await freePort()}`), ask(`redis://127.0.0.1:${hung}`)]);
      expect(performance.now() - begun).toBeLessThan(40_000);
      expect([a, b, c, d, e].map(({ outcome }) => outcome)).toEqual(['ok', 'warning', 'failed', 'failed', 'failed']);
      expect(a.found).toMatch(/version \d+\.\d+.*noeviction, writes down every command/);
      expect(JSON.stringify([a, b, c, d, e])).not.toContain('hush');
      expect(probe(await look(null, { engine: 'bullmq' }), 'bullmq').outcome).toBe('failed');
    } finally {
      await Promise.all([good.stop(), evicting.stop()]);
    }
  }, 120_000);
});
