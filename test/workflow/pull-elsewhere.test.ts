import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import type { Catalog } from '../../src/catalog/catalog.js';
import { defaultEffects } from '../../src/effects.js';
import { CurationError } from '../../src/errors.js';
import type { PullReport } from '../../src/model/pull.js';
import type { HttpTablesSource } from '../../src/model/source-config.js';
import { renderPull } from '../../src/report/pull-text.js';
import { askedFor } from '../../src/workflow/in-batch.js';
import { serve, startBadServer, type BadServer } from '../support/hostile-server.js';
import { noPostgres, PASSWORD, startPostgres, type PostgresServer } from '../support/postgres.js';
import { sha256 } from '../support/release-folder.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { makeConfig, pullAt, slice, writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();

const at = (time: string) => ({ ...defaultEffects, now: () => new Date(time) });
const raw = (catalog: Catalog) => catalog.all('SELECT * EXCLUDE (source, source_row) FROM raw_case ORDER BY source, source_row');
const statuses = ({ tables }: PullReport) => tables.flatMap((source) => source.tables.map(({ table, status, rows }) => `${table} ${status} ${rows}`));

async function failure(work: Promise<unknown>): Promise<CurationError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof CurationError)) throw new Error(`expected a CurationError, found ${String(error)}`);
  return error;
}

describe('tables of a web server', () => {
  let root: string;
  let server: BadServer;
  beforeEach(async () => {
    root = makeFolder();
    mkdirSync(join(root, 'served/export'), { recursive: true });
    writeFileSync(join(root, 'served/export/case.tsv'), 'case_id\tsex\nA\tF\nB\tM\n');
    server = await startBadServer(join(root, 'served'));
  });
  afterEach(() => server.stop());

  const pull = <T>(look: (catalog: Catalog, report: PullReport) => Promise<T>, changes: Partial<HttpTablesSource> = {}, options = {}): Promise<T> => {
    const source: HttpTablesSource = { name: 'web', kind: 'http-tables', url: server.url, tables: { case: 'export/case.tsv' }, ...changes };
    return pullAt(root, makeConfig({ sources: [source] }), look, options);
  };
  const answer = (head: Record<string, string>, body: string | Uint8Array = '', status = 200) => (server.misdeed = (_request, response) => (response.writeHead(status, head).end(body), true));
  const conditional = (request: IncomingMessage, response: ServerResponse, file: { bytes: Buffer } | null): boolean => {
    if (file === null || request.headers['if-none-match'] !== `"${sha256(file.bytes).slice(0, 16)}"`) return false;
    return response.writeHead(304).end(), true;
  };

  test('are loaded, not fetched again while they are the same, and fetched when they are not', async () => {
    server.misdeed = conditional;
    await pull(async (catalog, report) => {
      expect(statuses(report)).toEqual(['case loaded 2']);
      expect(report.tables[0]?.from).toBe(`${server.url}/`);
      expect(renderPull(report)).toContain(`web  1 table, 2 rows, from ${server.url}/`);
      expect(await raw(catalog)).toEqual([{ case_id: 'A', sex: 'F' }, { case_id: 'B', sex: 'M' }]);
    });
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case unchanged 2']));
    expect(server.requests.map(({ headers }) => headers['if-none-match'] !== undefined)).toEqual([false, true]);
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case loaded 2']), {}, { rehash: true });
    expect(server.requests[2]?.headers['if-none-match']).toBeUndefined();
    writeFileSync(join(root, 'served/export/case.tsv'), 'case_id\tsex\nA\tF\n');
    await pull(async (catalog, report) => {
      expect(statuses(report)).toEqual(['case loaded 1']);
      expect(await raw(catalog)).toEqual([{ case_id: 'A', sex: 'F' }]);
    });
    // Whoever changes the file that was fetched gets the one of the server again.
    writeFileSync(join(root, '.colophon/sources/web/case.tsv'), 'case_id\tsex\nX\tF\n');
    await pull(async (catalog) => expect(await raw(catalog)).toEqual([{ case_id: 'A', sex: 'F' }]));
    expect(readdirSync(join(root, '.colophon/sources/web'))).toEqual(['case.tsv']);
  });

  test('the same bytes without a validator are unchanged', async () => {
    answer({ 'content-length': '12' }, 'case_id\nA\nB\n');
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case loaded 2']));
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case unchanged 2']));
  });

  test('credentials go to the server of the url alone, and never into the catalog or an error', async () => {
    const other = await startBadServer(join(root, 'served'));
    process.env.COLOPHON_TEST_TOKEN = 'very-secret';
    try {
      server.misdeed = (_request, response) => (response.writeHead(302, { location: `http://localhost:${other.port}/export/case.tsv` }).end(), true);
      const warnings: string[] = [];
      const secret = { authorization: 'Bearer ${COLOPHON_TEST_TOKEN}', url: `${server.url}/?sig=very-secret` };
      await pull(
        async (catalog, report) => {
          expect(statuses(report)).toEqual(['case loaded 2']);
          expect(JSON.stringify([report, await catalog.all('FROM pull_batch'), await catalog.all('FROM table_validator')])).not.toContain('very-secret');
        },
        secret,
        { effects: { ...defaultEffects, warn: (text: string) => void warnings.push(text) } },
      );
      expect(server.requests[0]?.headers.authorization).toBe('Bearer very-secret');
      expect(other.requests[0]?.headers.authorization).toBeUndefined();
      expect(warnings.join()).toMatch(/leads to localhost:\d+/);
      answer({}, '', 403);
      const error = await failure(pull(async () => undefined, secret));
      expect([error.message, ...error.suggestions].join()).not.toContain('very-secret');
      expect(error.message).toMatch(/The table case of the source web cannot be read: .*may not be read \(403\)\. The rows of the last pull stay/);
      delete process.env.COLOPHON_TEST_TOKEN;
      expect((await failure(pull(async () => undefined, secret))).message).toMatch(/COLOPHON_TEST_TOKEN of the environment is not set/);
    } finally {
      delete process.env.COLOPHON_TEST_TOKEN;
      await other.stop();
    }
  });

  test.each<[string, Record<string, string>, string | Uint8Array, number, RegExp]>([
    ['a page by its type', { 'content-type': 'text/html; charset=utf-8', 'content-length': '3' }, 'a\nb', 200, /sends a page \(HTML\)/],
    ['a page by its bytes', { 'content-length': '18' }, '\ufeff <!doctype html>', 200, /sends a page \(HTML\)/],
    ['an encoding', { 'content-encoding': 'gzip' }, gzipSync('case_id\nA\n'), 200, /sends the file encoded \(gzip\)/],
    ['what is not there', {}, 'no', 404, /is not there \(404\)/],
    ['a part', { 'content-range': 'bytes 0-1/9' }, 'ca', 206, /answers 206/],
    ['that nothing changed, unasked', {}, '', 304, /answers 304/],
    ['a length beyond all measure', { 'content-length': '99999999999999' }, 'case_id\n', 200, /sends more than/],
    ['another scheme', { location: 'file:///etc/passwd' }, '', 302, /not followed/],
  ])('%s is refused, and the rows of the last pull stay', async (_what, head, body, status, message) => {
    await pull(async () => undefined);
    answer(head, body, status);
    const error = await failure(pull(async () => undefined, {}, { rehash: true }));
    expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE', exitCode: 3 });
    expect(error.message).toMatch(message);
    expect(readFileSync(join(root, '.colophon/sources/web/case.tsv'), 'utf8')).toBe('case_id\tsex\nA\tF\nB\tM\n');
    expect(readdirSync(join(root, '.colophon/sources/web'))).toEqual(['case.tsv']);
    server.misdeed = () => false;
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case unchanged 2']));
  });

  test('what breaks off is asked for again; what ends with the connection proves nothing', async () => {
    let times = 0;
    server.misdeed = (request, response, file) => {
      if (times++ > 0) return serve(request, response, file), true;
      response.writeHead(200, { 'content-length': 1000 }).write('case_id\n');
      setTimeout(() => response.destroy(), 50);
      return true;
    };
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case loaded 2']));
    expect(times).toBe(2);
    server.misdeed = (_request, response) => {
      response.socket?.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\ncase_id\nA\n');
      return true;
    };
    expect((await failure(pull(async () => undefined, {}, { rehash: true }))).message).toMatch(/does not say where the file ends/);
  });

  test('all tables or none: one that fails leaves the others as they were', async () => {
    writeFiles(root, { 'served/a.csv': 'case_id\nA\n', 'served/b.csv': 'b\n1\n' });
    const tables = { tables: { case: 'a.csv', other: 'b.csv' } };
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case loaded 1', 'other loaded 1']), tables);
    writeFiles(root, { 'served/a.csv': 'case_id\nA\nB\n' });
    server.misdeed = (request, response) => request.url === '/b.csv' && (response.writeHead(404).end(), true);
    await failure(pull(async () => undefined, tables));
    expect(readFileSync(join(root, '.colophon/sources/web/case.csv'), 'utf8')).toBe('case_id\nA\n');
    server.misdeed = () => false;
    await pull(async (_, report) => expect(report.tables[0]?.removed).toEqual(['other']), { tables: { case: 'a.csv' } });
    expect(existsSync(join(root, '.colophon/sources/web/other.csv'))).toBe(false);
  });

  test.each(['../case.csv', '/case.csv', 'case.xlsx', 'case', 'case.parquet.gz', ''])('the file name %j is refused before anything is asked', async (path) => {
    expect(await failure(pull(async () => undefined, { tables: { case: path } }))).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(server.requests).toEqual([]);
  });

  test('a gzipped file is one, whatever the server calls its encoding', async () => {
    writeFileSync(join(root, 'served/case.csv.gz'), gzipSync('case_id\nA\n'));
    server.misdeed = (_request, response, file) => file !== null && (response.writeHead(200, { 'content-encoding': 'gzip', 'content-length': file.bytes.length }).end(file.bytes), true);
    await pull(async (_, report) => expect(statuses(report)).toEqual(['case loaded 1']), { tables: { case: 'case.csv.gz' } });
  });
});

describe('provenance', () => {
  const provenance = (catalog: Catalog) =>
    catalog.all(`SELECT p.what, p.table_name, p.source, p.source_row, p.path, p.batch, p.kind, p.contributor, p.pulled, raw_case.case_id
      FROM provenance AS p LEFT JOIN raw_case ON p.what = 'row' AND raw_case.source = p.source AND raw_case.source_row = p.source_row ORDER BY ALL`);

  test('each row and image knows the pull that brought it; what did not change stays with the first', async () => {
    const root = makeFolder();
    const config = makeConfig({
      sources: [
        { name: 'clinical', kind: 'tables', path: 'tables', contributor: 'Mercy' },
        { name: 'images', kind: 'dicom-folder', path: 'dicom' },
      ],
    });
    writeFiles(root, { 'tables/case.csv': 'case_id,sex\nA,F\nB,M\n', 'dicom/a.dcm': slice('A', 1) });
    const first = await pullAt(root, config, provenance, { effects: at('2026-01-02T03:04:05Z') });
    expect(first).toEqual([
      { what: 'instance', table_name: null, source: 'images', source_row: null, path: 'a.dcm', batch: 2, kind: 'dicom-folder', contributor: null, pulled: '2026-01-02 03:04:05', case_id: null },
      { what: 'row', table_name: 'case', source: 'clinical', source_row: 1, path: 'case.csv', batch: 1, kind: 'tables', contributor: 'Mercy', pulled: '2026-01-02 03:04:05', case_id: 'A' },
      { what: 'row', table_name: 'case', source: 'clinical', source_row: 2, path: 'case.csv', batch: 1, kind: 'tables', contributor: 'Mercy', pulled: '2026-01-02 03:04:05', case_id: 'B' },
    ]);
    expect(await pullAt(root, config, provenance, { effects: at('2027-01-01T00:00:00Z') })).toEqual(first);
    // B changed, C is new, A moved; an empty column of its own changes nothing.
    writeFiles(root, { 'tables/case.csv': 'case_id,sex,note\nC,F,\nB,F,\nA,F,\n', 'dicom/b.dcm': slice('B', 2) });
    const third = await pullAt(root, config, provenance, { effects: at('2028-01-01T00:00:00Z') });
    expect(third.map(({ case_id, path, batch }) => [case_id ?? path, batch])).toEqual([['a.dcm', 2], ['b.dcm', 6], ['C', 5], ['B', 5], ['A', 1]]);
    await pullAt(root, config, async (catalog) => {
      expect(await catalog.all('SELECT batch, source, contributor, ended IS NOT NULL AS ended, asked FROM pull_batch WHERE batch IN (5, 7) ORDER BY batch')).toEqual([
        { batch: 5, source: 'clinical', contributor: 'Mercy', ended: true, asked: '{"path":"tables"}' },
        { batch: 7, source: 'clinical', contributor: 'Mercy', ended: true, asked: '{"path":"tables"}' },
      ]);
    });
  });

  test('a refused table has no rows of any batch; a pull that failed never ended', async () => {
    const root = makeFolder();
    const config = makeConfig({ sources: [{ name: 'clinical', kind: 'tables', path: 'tables' }] });
    const rows = (catalog: Catalog) => catalog.all("SELECT batch FROM row_batch WHERE table_name = 'other'");
    writeFiles(root, { 'tables/case.csv': 'case_id\nA\n', 'tables/other.csv': 'x\n1\n' });
    await pullAt(root, config, async (catalog) => expect(await rows(catalog)).toEqual([{ batch: 1 }]));
    writeFiles(root, { 'tables/other.csv': 'x\n"1\n' });
    await pullAt(root, config, async (catalog) => expect(await rows(catalog)).toEqual([]));
    await failure(pullAt(root, makeConfig({ sources: [{ name: 'clinical', kind: 'tables', path: 'gone' }] }), async () => undefined));
    writeFiles(root, { 'tables/other.csv': 'x\n1\n' });
    await pullAt(root, config, async (catalog) => {
      expect(await catalog.all('SELECT batch, ended IS NULL AS failed FROM pull_batch ORDER BY batch')).toEqual([{ batch: 1, failed: false }, { batch: 2, failed: false }, { batch: 3, failed: true }, { batch: 4, failed: false }]);
      expect(await rows(catalog)).toEqual([{ batch: 4 }]);
    });
  });

  test('what was asked for holds no secret', () => {
    expect(askedFor({ kind: 'postgres', name: 'r', url: 'postgresql://u:secret@h:5432/db?password=secret', tables: { case: 'select 1' } })).toBe('{"tables":{"case":"select 1"},"url":"postgresql://h:5432/db"}');
    expect(askedFor({ kind: 'postgres', name: 'r', url: '${REGISTRY_URL}', tables: { case: 'select 1' } })).toContain('${REGISTRY_URL}');
    expect(askedFor({ kind: 'http-tables', name: 'r', url: 'https://u:p/w@h/a?sig=secret', tables: { case: 'a.csv' }, authorization: 'Bearer secret' })).not.toContain('secret');
    expect(askedFor({ kind: 'dicomweb', name: 'r', url: 'https://h/', auth: { header: 'Bearer secret' } })).not.toContain('secret');
  });
});

const missing = noPostgres();
(missing === null ? describe : describe.skip)(`a registry${missing === null ? '' : `: ${missing}`}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    server = await startPostgres();
    process.env.COLOPHON_TEST_REGISTRY = server.url;
    await server.run("create table patient (case_id text, sex text, age numeric); insert into patient values ('A', 'F', 41.5), ('B', '', null)");
  }, 240_000);
  afterAll(async () => {
    delete process.env.COLOPHON_TEST_REGISTRY;
    await server?.stop();
  });

  test('is pulled, is unchanged while its rows are the same, and keeps its rows when it is not there', async () => {
    const root = makeFolder();
    const config = makeConfig({ sources: [{ name: 'registry', kind: 'postgres', url: '${COLOPHON_TEST_REGISTRY}', tables: { case: 'select * from patient order by case_id' }, contributor: 'Mercy' }] });
    const rows = [{ case_id: 'A', sex: 'F', age: '41.5' }, { case_id: 'B', sex: null, age: null }];
    await pullAt(root, config, async (catalog, report) => {
      expect(statuses(report)).toEqual(['case loaded 2']);
      expect(renderPull(report)).toMatch(new RegExp(`registry  1 table, 2 rows, from postgresql://127.0.0.1:${server.port}/postgres\\n  1 empty text taken for no value`));
      expect(await raw(catalog)).toEqual(rows);
      expect(JSON.stringify([report, await catalog.all('FROM pull_batch')])).not.toContain(encodeURIComponent(PASSWORD));
    });
    await pullAt(root, config, async (_, report) => expect(statuses(report)).toEqual(['case unchanged 2']));
    process.env.COLOPHON_TEST_REGISTRY = server.urlOf('nowhere');
    await failure(pullAt(root, config, async () => undefined));
    process.env.COLOPHON_TEST_REGISTRY = server.url;
    await pullAt(root, makeConfig({ sources: [config.sources[0]!, { name: 'more', kind: 'tables', path: 'more' }] }), async (catalog) => expect(await raw(catalog)).toEqual(rows), { sources: ['registry'] });
    await server.run("update patient set sex = 'M' where case_id = 'B'");
    await pullAt(root, config, async (catalog, report) => {
      expect(statuses(report)).toEqual(['case loaded 2']);
      expect((await catalog.all('SELECT source_row, batch FROM row_batch ORDER BY source_row'))).toEqual([{ source_row: 1, batch: 1 }, { source_row: 2, batch: 5 }]);
    });
  });

  test('the same defects are found as in a file: names that differ by case, control characters', async () => {
    const judge = (sql: string) =>
      pullAt(makeFolder(), makeConfig({ sources: [{ name: 'registry', kind: 'postgres', url: server.url, tables: { case: "select 'A' as case_id", other: sql } }] }), async (_, { tables }) =>
        tables[0]?.tables[1]?.defects.map(({ code, column }) => [code, column]),
      );
    expect(await judge('select 1 as "case_id", 2 as "Case_ID"')).toEqual([['SCH-002', 'Case_ID']]);
    expect(await judge('select 1 as a, 2 as a')).toEqual([['SCH-002', 'a']]);
    expect(await judge("select 'A' as case_id, E'x\\x07y' as note")).toEqual([['SCH-001', 'note']]);
  });
});
