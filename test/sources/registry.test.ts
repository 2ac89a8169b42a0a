import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, readFileSync, statSync } from 'node:fs';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import pg from 'pg';
import { CurationError } from '../../src/errors.js';
import { FetchedTables, namedTables } from '../../src/sources/fetched-tables.js';
import { csvCell, listMembers } from '../../src/sources/postgres/cell-text.js';
import { readRegistry, type RegistryRead } from '../../src/sources/postgres/read-registry.js';
import { registryAddress } from '../../src/sources/postgres/registry-address.js';
import { readingStatement } from '../../src/sources/postgres/statement.js';
import { noPostgres, PASSWORD, startPostgres, type PostgresServer } from '../support/postgres.js';
import { hasProgram } from '../support/sample-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
const missing = noPostgres();
const withServer = missing === null ? describe : describe.skip;

const splitter: RegistryRead['splitter'] = () => () => ({ separator: ',', split: (text) => text.split(',') });

/** Reads queries into a folder of their own; gives the text of each table. */
async function read(url: string, tables: Record<string, string>, more: Partial<RegistryRead> & { timeout_seconds?: number } = {}) {
  const { timeout_seconds, ...options } = more;
  const store = new FetchedTables(join(makeFolder(), 'registry'));
  const source = { kind: 'postgres' as const, name: 'registry', url: '${URL}', tables, ...(timeout_seconds === undefined ? {} : { timeout_seconds }) };
  const reading = await readRegistry(source, store, { url, splitter, ...options });
  return { ...reading, texts: new Map(reading.tables.map(({ table, part }) => [table, readFileSync(part ?? '', 'utf8')])) };
}

async function failure(work: Promise<unknown>): Promise<CurationError> {
  const error = await work.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof CurationError)) throw new Error(`expected a CurationError, found ${String(error)}`);
  expect(JSON.stringify([error.message, error.suggestions, error.expected, error.found, String(error.cause)])).not.toContain(PASSWORD);
  expect(error.message).not.toContain(encodeURIComponent(PASSWORD));
  return error;
}

describe('without a server', () => {
  test.each(['select 1', '  -- a\n /* b /* c */ */ WITH x AS (select 1) table x', '((values (1)))', 'TABLE t;'])('%s may begin', (sql) => {
    expect(readingStatement('s', 't', sql)).toBe(sql);
  });

  test.each(['delete from t', 'COMMIT', 'set transaction read write', '', '-- select', '/* select 1', 'selectx 1', 'explain analyze select 1', 'do $$ $$'])('%j may not', (sql) => {
    expect(() => readingStatement('s', 't', sql)).toThrow(/does not begin as one that only reads/);
  });

  test('members of lists as PostgreSQL writes them', () => {
    expect(listMembers('{}')).toEqual([]);
    expect(listMembers('{a,"b c","d\\"\\\\",NULL,"NULL",""}')).toEqual(['a', 'b c', 'd"\\', null, 'NULL', '']);
    for (const text of ['{{1,2},{3,4}}', '[0:1]={1,2}', '{a', '{a,}', '{,a}', '{"a"b}', '{"a', '']) expect(listMembers(text)).toBeNull();
    expect(listMembers(`{"${'\\\\'.repeat(400_000)}"}`)?.[0]).toHaveLength(400_000);
  });

  test('cells of CSV keep no value apart from an empty text', () => {
    expect([null, '', 'a', 'a,b', 'a"b', 'a\nb', ' '].map(csvCell)).toEqual(['', '""', 'a', '"a,b"', '"a""b"', '"a\nb"', ' ']);
  });

  test('a URL that is none is refused without being told; names never have secrets', () => {
    for (const url of ['postgresql://u:secret@:x/', 'http://u:secret@h/', 'secret']) {
      let message = '';
      try {
        registryAddress('r', url);
      } catch (error) {
        message = String(error);
      }
      expect(message).toMatch(/none of a PostgreSQL server/);
      expect(message).not.toContain('secret');
    }
    expect(registryAddress('r', 'postgresql://u:secret@h.example/db?sslmode=require&options=x').name).toBe('postgresql://h.example:5432/db');
    expect(registryAddress('r', 'postgresql://u@h/db?sslmode=require').client.connectionString).toContain('sslmode=verify-full');
  });

  test('names that cannot be files are no tables', () => {
    for (const tables of [{ '../x': 'select 1' }, { Case: 'select 1', case: 'select 2' }, {}]) expect(() => namedTables('r', tables as Record<string, string>)).toThrow(CurationError);
  });

  test('a server that accepts and says nothing, and one that is not there', async () => {
    const sockets: Socket[] = [];
    const server = createServer((socket) => void sockets.push(socket));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    const url = `postgresql://u:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}/db`;
    expect((await failure(read(url, { case: 'select 1' }, { timeout_seconds: 1 }))).message).toMatch(/does not answer\. The rows of the last pull stay/);
    sockets.forEach((socket) => socket.destroy());
    await new Promise((done) => server.close(done));
    expect((await failure(read(url, { case: 'select 1' }))).message).toMatch(/nothing listens at postgresql:\/\/127\.0\.0\.1:\d+\/db \(ECONNREFUSED\)/);
  });

  test('a server that speaks something else', async () => {
    const server = createServer((socket) => void socket.resume().end('HTTP/1.1 400 Bad Request\r\n\r\n'));
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    expect((await failure(read(`postgresql://u@127.0.0.1:${port}/db`, { case: 'select 1' }, { timeout_seconds: 2 }))).code).toBe('SOURCE_UNREADABLE');
    await new Promise((done) => server.close(done));
  });

  test('a server that sends a message without end is given up before it fills the memory', async () => {
    const piece = Buffer.alloc(1 << 16, 0x40);
    let sent = 0;
    const server = createServer((socket) => {
      const pour = (): void => {
        while (!socket.destroyed && socket.write(piece)) sent += piece.length;
      };
      socket.on('drain', pour).on('error', () => undefined).resume();
      // The length of a message, of which it claims 1 GB.
      socket.write(Buffer.from([0x52, 0x40, 0, 0, 0]));
      pour();
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    const { port } = server.address() as AddressInfo;
    expect((await failure(read(`postgresql://u@127.0.0.1:${port}/db`, { case: 'select 1' }))).message).toMatch(/sends a message of more than 2097152 bytes/);
    expect(sent).toBeLessThan(64e6);
    await new Promise((done) => server.close(done));
  });
});

withServer(`a real server${missing === null ? '' : `: ${missing}`}`, () => {
  let server: PostgresServer;
  beforeAll(async () => {
    // Settings that a careless reader would be led astray by.
    server = await startPostgres({ timezone: 'America/New_York', datestyle: 'German', intervalstyle: 'sql_standard', bytea_output: 'escape', extra_float_digits: '0' });
  }, 240_000);
  afterAll(() => server?.stop());

  test('every type arrives as its text, whatever the settings of the server', async () => {
    const { texts, empty_texts } = await read(server.url, {
      case: `select 12345678901234567890.1234567890123456789000::numeric as n, 9223372036854775807::bigint as b, 0.1::float8 as f, 0.1::float4 as f4, 'NaN'::float8 as nan,
        timestamp '2020-02-29 23:59:59.123456' as ts, timestamptz '2021-03-28 02:30:00+01' as tz, date '0044-03-15 BC' as day, date '2020-12-31' as d, 'infinity'::date as inf, interval '1 mon 2 days' as iv,
        true as yes, false as no, array['a','b c'] as list, array[true,false] as flags, array[[1,2],[3,4]] as grid, '{"b": 1.10}'::json as j, '\\xdeadbeef'::bytea as bytes, null::text as nothing, '' as empty, E'a"b\\n,ü' as t, '007' as zeros`,
    });
    expect(texts.get('case')).toBe(
      'n,b,f,f4,nan,ts,tz,day,d,inf,iv,yes,no,list,flags,grid,j,bytes,nothing,empty,t,zeros\n' +
        '12345678901234567890.1234567890123456789000,9223372036854775807,0.1,0.1,NaN,2020-02-29 23:59:59.123456,2021-03-28 01:30:00+00,0044-03-15 BC,2020-12-31,infinity,1 mon 2 days,' +
        'true,false,"a,b c","true,false","{{1,2},{3,4}}","{""b"": 1.10}",\\xdeadbeef,,"","a""b\n,ü",007\n',
    );
    expect(empty_texts).toBe(1);
  });

  test('all tables are of one moment, though rows are added between them', async () => {
    await server.run('create table moment (n int); insert into moment values (1)');
    let added = false;
    const other = new pg.Client({ connectionString: server.url });
    await other.connect();
    const { texts } = await read(
      server.url,
      { first: 'select n from moment', slow: 'select g, pg_sleep(case when g % 5000 = 0 then 0.2 end) is null as waited from generate_series(1, 20000) as g', second: 'select n from moment' },
      {
        onProgress() {
          if (!added) void other.query('insert into moment values (2)');
          added = true;
        },
      },
    );
    expect(added).toBe(true);
    expect((await other.query('select count(*) as n from moment')).rows).toEqual([{ n: '2' }]);
    await other.end();
    expect([texts.get('first'), texts.get('second')]).toEqual(['n\n1\n', 'n\n1\n']);
  });

  test.each([
    ['with x as (delete from moment returning n) select * from x', /read-only transaction.*25006/],
    ['select 1 as a into other', /25006/],
    ['select 1 as a; drop table moment', /42601/],
    ["select set_config('transaction_read_only', 'off', true)", /25001/],
    ["select nextval('counter')", /25006/],
  ])('nothing is changed by %s', async (sql, message) => {
    await server.run('create table if not exists moment (n int); create sequence if not exists counter; drop table if exists other');
    expect((await failure(read(server.url, { case: sql }))).message).toMatch(message);
  });

  test.each([
    ['select * from nowhere', /The table case of the source registry cannot be read: .* answers "relation \\"nowhere\\" does not exist" \(SQLSTATE 42P01\), at character 15 of the query/],
    ["select 'Jane Doe'::int", /withheld because it may repeat a value \(SQLSTATE 22P02\)/],
    ['select pg_sleep(60)', /statement timeout/],
    ["select case when g = 3 then repeat('x', 100000000) else 'x' end as v from generate_series(1, 5) as g", /its row 3 is longer than 1048576 bytes/],
    ["select repeat('ü', 600000) as v", /its row 1 is longer than 1048576 bytes/],
    ["select array['a,b'] as list", /in its row 1, column "list", a list holds an empty member, or one with the separator "," in it/],
    ['select', /gives no columns/],
  ])('%s fails clearly', async (sql, message) => {
    const error = await failure(read(server.url, { case: sql }, { timeout_seconds: sql.includes('sleep') ? 1 : 60 }));
    expect(error.message).toMatch(message);
    expect(error.message).not.toContain('Jane');
  });

  test('a table without rows keeps its columns', async () => {
    expect((await read(server.url, { case: 'select 1 as a, 2 as b where false' })).texts.get('case')).toBe('a,b\n');
  });

  test('a wrong password, a database that is not there, no TLS', async () => {
    expect((await failure(read(`postgresql://steward:wrong@127.0.0.1:${server.port}/postgres`, { case: 'select 1' }))).message).toMatch(/28P01/);
    expect((await failure(read(`postgresql://steward@127.0.0.1:${server.port}/postgres`, { case: 'select 1' }))).message).toMatch(/asks for a password, and there is none/);
    expect((await failure(read(server.urlOf('nowhere'), { case: 'select 1' }))).message).toMatch(/3D000/);
    expect((await failure(read(server.urlOf('postgres?sslmode=require'), { case: 'select 1' }))).message).toMatch(/speaks no TLS/);
  });

  test('files of certificates that are not there are told as such', async () => {
    expect((await failure(read(server.urlOf('postgres?sslmode=verify-full&sslrootcert=/nowhere.pem'), { case: 'select 1' })))).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(/cannot be read \(ENOENT\)/) });
  });

  test('an interruption ends it', async () => {
    const stop = new AbortController();
    const work = failure(read(server.url, { case: 'select pg_sleep(30)' }, { signal: stop.signal }));
    await sleep(300);
    stop.abort();
    expect((await work).code).toBe('INTERRUPTED');
  });

  (hasProgram('openssl', 'version') ? test : test.skip)('TLS: a server that proves who it is, and one that does not', async () => {
    const [key, certificate] = [join(server.folder, 'key.pem'), join(server.folder, 'certificate.pem')];
    execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, '-days', '2', '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost'], { stdio: 'ignore' });
    const { uid, gid } = statSync(server.folder);
    chownSync(key, uid, gid);
    chmodSync(key, 0o600);
    for (const setting of [`ssl_cert_file = '${certificate}'`, `ssl_key_file = '${key}'`, 'ssl = on']) await server.run(`ALTER SYSTEM SET ${setting}`);
    await server.run('SELECT pg_reload_conf()');
    await sleep(500);
    const sql = { case: 'select ssl from pg_stat_ssl where pid = pg_backend_pid()' };
    const at = (options: string): string => server.urlOf(`postgres?${options}`).replace('127.0.0.1', 'localhost');
    expect((await read(at(`sslmode=require&sslrootcert=${certificate}`), sql)).texts.get('case')).toBe('ssl\ntrue\n');
    expect((await failure(read(at('sslmode=require'), sql))).message).toMatch(/cannot prove who it is/);
    expect((await failure(read(at('sslmode=no-verify'), { case: "select repeat('x', 50000000)" }))).message).toMatch(/its row 1 is longer/);
  });

  test('a million rows take no more memory than some', async () => {
    let peak = 0;
    const begun = process.memoryUsage().rss;
    const onProgress = (): void => void (peak = Math.max(peak, process.memoryUsage().rss));
    const { tables } = await read(server.url, { case: "select g as id, md5(g::text) as text, g * 1.5 as number from generate_series(1, 1000000) as g" }, { onProgress });
    expect(tables[0]?.size_bytes).toBeGreaterThan(45_000_000);
    // All rows would be 48 MB of text and several times as much as objects.
    expect((peak - begun) / 1e6).toBeLessThan(150);
  }, 240_000);

  test('a server that dies midway is told, and so is one that restarts', async () => {
    for (const end of [() => server.restart(), () => server.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'colophon'")]) {
      let ended: Promise<void> | null = null;
      const onProgress = (): void => void (ended ??= end());
      const error = await failure(read(server.url, { case: 'select g, pg_sleep(case when g % 5000 = 0 then 0.3 end) is null as waited from generate_series(1, 100000) as g' }, { onProgress }));
      expect(error).toMatchObject({ code: 'SOURCE_UNREADABLE', message: expect.stringMatching(/The rows of the last pull stay as they were/) });
      await (ended as Promise<void> | null);
    }
  }, 240_000);
});
