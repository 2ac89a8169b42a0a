import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CheckReport } from '../../src/model/check.js';
import type { PullReport } from '../../src/model/pull.js';
import type { QueryReport } from '../../src/model/query.js';
import type { CutReport } from '../../src/model/release-reports.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { runCli } from '../support/cli.js';
import { noPostgres, PASSWORD, startPostgres, type PostgresServer } from '../support/postgres.js';
import { expectStatus, freezeSplits, makeSampleWorkspace, runJson } from '../support/sample-workspace.js';

const DATE = '2026-03-02';
const missing = noPostgres();

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

(missing === null ? describe : describe.skip)(`tables in a registry, images in a folder${missing === null ? '' : `: ${missing}`}`, () => {
  let server: PostgresServer;
  /** The sample as files, and the same tables in the registry. */
  let files: string;
  let root: string;
  beforeAll(async () => {
    [server, files, root] = await Promise.all([startPostgres(), makeSampleWorkspace(), makeSampleWorkspace()]);
    process.env.COLOPHON_TEST_REGISTRY = server.url;
    await runJson<PullReport>(files, ['pull']);
    const queries: string[] = [];
    const names = await runJson<QueryReport>(files, ['query', 'SELECT table_name, columns FROM clinical_table ORDER BY table_name']);
    for (const { table_name, columns } of names.rows as { table_name: string; columns: string[] }[]) {
      const rows = await runJson<QueryReport>(files, ['query', `SELECT row_number() OVER (ORDER BY source_row) AS row_order, * EXCLUDE (source, source_row) FROM raw_${table_name}`]);
      const texts = JSON.stringify(rows.rows).replaceAll("'", "''");
      await server.run(`create table ${quote(table_name)} (row_order int, ${columns.map((name) => `${quote(name)} text`).join(', ')});
        insert into ${quote(table_name)} select * from json_populate_recordset(null::${quote(table_name)}, '${texts}')`);
      queries.push(`      ${table_name}: 'select ${columns.map(quote).join(', ')} from ${quote(table_name)} order by row_order'`);
    }
    const config = readFileSync(join(root, 'colophon.yaml'), 'utf8').replace(
      /kind: tables\n    path: .*\n/,
      `kind: postgres\n    url: \${COLOPHON_TEST_REGISTRY}\n    contributor: Mercy\n    tables:\n${queries.join('\n')}\n`,
    );
    writeFileSync(join(root, 'colophon.yaml'), config);
    rmSync(join(root, 'incoming/tables'), { recursive: true });
  }, 480_000);
  afterAll(async () => {
    delete process.env.COLOPHON_TEST_REGISTRY;
    await server?.stop();
    for (const folder of [files, root]) if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  test('pull says where the rows came from, and not how to get in; later pulls find nothing new', async () => {
    const { stdout, stderr } = await expectStatus(0, runCli(['pull'], root));
    expect(stdout).toMatch(new RegExp(`clinical  11 tables, \\d+ rows, from postgresql://127\\.0\\.0\\.1:${server.port}/postgres`));
    expect(stdout + stderr).not.toContain(encodeURIComponent(PASSWORD));
    const again = await runJson<PullReport>(root, ['pull']);
    expect(again.tables[0]?.tables.map(({ status }) => status)).toEqual(Array.from({ length: 11 }, () => 'unchanged'));
    const { rows } = await runJson<QueryReport>(root, ['query', "SELECT what, batch, contributor, count(*) AS n FROM provenance WHERE what = 'instance' OR table_name = 'case' GROUP BY ALL ORDER BY ALL"]);
    expect(rows).toMatchObject([{ what: 'instance', batch: 2, contributor: null, n: 72 }, { what: 'row', batch: 1, contributor: 'Mercy' }]);
  });

  test('the release is that of the same tables in files, whenever and however often was pulled, and verifies', async () => {
    const digests: (string | null)[] = [];
    for (const folder of [files, root]) {
      await freezeSplits(folder, DATE);
      digests.push((await runJson<CutReport>(folder, ['release', 'cut', '--date', DATE])).digest);
      expect(await runJson<VerifyReport>(folder, ['verify', 'releases/1.0.0'])).toMatchObject({ ok: true, problems: [] });
    }
    expect(digests[0]).toMatch(/^sha256:/);
    expect(digests[1]).toBe(digests[0]);
  });

  test('cases whose rows and images two contributors claim block a release', async () => {
    const config = readFileSync(join(root, 'colophon.yaml'), 'utf8');
    writeFileSync(join(root, 'colophon.yaml'), config.replace('kind: dicom-folder\n', 'kind: dicom-folder\n    contributor: St. Anne\n'));
    const report = await runJson<CheckReport>(root, ['check', '--only', 'GOV-012'], 1);
    expect(report.findings[0]).toMatchObject({ code: 'GOV-012', level: 'error', location: { kind: 'case' }, found: 'Mercy, St. Anne' });
    expect(report.summary.checked['GOV-012']).toBeGreaterThan(20);
    writeFileSync(join(root, 'colophon.yaml'), config);
  });

  test('a registry that is not there fails, and leaves the rows of the last pull', async () => {
    const before = await runJson<QueryReport>(root, ['query', 'SELECT count(*) AS n FROM raw_case']);
    await server.stop();
    const { stderr } = await expectStatus(3, runCli(['pull'], root));
    expect(stderr).toMatch(/The source clinical cannot be read: nothing listens at postgresql:\/\/127\.0\.0\.1:\d+\/postgres \(ECONNREFUSED\)\. The rows of the last pull stay/);
    expect(stderr).not.toContain(encodeURIComponent(PASSWORD));
    expect((await runJson<QueryReport>(root, ['query', 'SELECT count(*) AS n FROM raw_case'])).rows).toEqual(before.rows);
  });
});
