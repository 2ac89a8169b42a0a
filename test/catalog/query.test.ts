import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';
import { openForQuery, openReleaseTables, runQuery } from '../../src/catalog/query.js';

let folder: string;
let path: string;
let release: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'query-'));
  path = join(folder, 'catalog.duckdb');
  const catalog = await Catalog.open(path);
  await catalog.run("INSERT INTO case_ VALUES ('c2', 'accepted', ''), ('c1', 'rejected', 'x')");
  release = join(folder, "rel[e]ase's *");
  mkdirSync(join(release, 'data/tables'), { recursive: true });
  for (const name of ['cases', 'odd"name'])
    await exportParquet(catalog, { query: 'SELECT * FROM case_', orderBy: ['case_id'], path: join(release, `data/tables/${name}.parquet`) });
  symlinkSync('/etc/passwd', join(release, 'data/tables/link.parquet'));
  writeFileSync(join(release, 'secret.csv'), 'a\n1\n');
  catalog.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function query(sql: string) {
  const catalog = await openForQuery(path);
  try {
    return await runQuery(catalog, sql);
  } finally {
    catalog.close();
  }
}

describe('the catalog', () => {
  test('gives columns in order and plain rows', async () => {
    expect(await query('SELECT status, case_id, 1::BIGINT AS n FROM case_ ORDER BY case_id;')).toEqual({
      columns: ['status', 'case_id', 'n'],
      rows: [
        { status: 'rejected', case_id: 'c1', n: 1 },
        { status: 'accepted', case_id: 'c2', n: 1 },
      ],
    });
  });

  test('an empty result still has its columns, equal names are numbered', async () => {
    expect(await query('SELECT 1 AS a, 2 AS a WHERE false')).toEqual({ columns: ['a', 'a:1'], rows: [] });
    expect(await query('SELECT 1 AS a, 2 AS a')).toEqual({ columns: ['a', 'a:1'], rows: [{ a: 1, 'a:1': 2 }] });
  });

  test.each([
    'SELECT 1; SELECT 2',
    '',
    ';',
    'SELEKT',
    "INSERT INTO case_ VALUES ('c3', 'accepted', '')",
    'CREATE TEMP TABLE t AS SELECT 1',
    'DROP TABLE case_',
    'PRAGMA enable_profiling',
    'SET threads = 1',
    'CALL pragma_version()',
    "COPY case_ TO '/tmp/colophon-escape.csv'",
    "ATTACH '/tmp/x.duckdb'",
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM '/etc/passwd'",
    "SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')",
    "SELECT * FROM parquet_metadata('/etc/passwd')",
    'SELECT no_such_column FROM case_',
    "SELECT error('stop')",
  ])('%j is QUERY_FAILED', async (sql) => {
    await expect(query(sql)).rejects.toMatchObject({ code: 'QUERY_FAILED', exitCode: 3 });
  });
});

describe('a release', () => {
  test('has a view for every Parquet table and nothing else in reach', async () => {
    const catalog = await openReleaseTables(release);
    const views = await runQuery(catalog, "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1");
    expect(views.rows.map((row) => row.view_name)).toEqual(['cases', 'odd"name']);
    expect((await runQuery(catalog, 'SELECT case_id FROM cases')).rows).toEqual([{ case_id: 'c1' }, { case_id: 'c2' }]);
    await expect(runQuery(catalog, `SELECT * FROM read_csv('${join(release, 'secret.csv').replaceAll("'", "''")}')`)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
    await expect(runQuery(catalog, `COPY cases TO '${join(release, 'data/tables/cases.parquet').replaceAll("'", "''")}'`)).rejects.toThrow(/Only SELECT/);
    catalog.close();
  });

  test('without tables is no release; a broken Parquet file is an error, not a crash', async () => {
    const broken = join(folder, 'broken');
    await expect(openReleaseTables(broken)).rejects.toMatchObject({ exitCode: 3 });
    mkdirSync(join(broken, 'data/tables'), { recursive: true });
    await expect(openReleaseTables(broken)).rejects.toMatchObject({ code: 'NOT_A_RELEASE' });
    writeFileSync(join(broken, 'data/tables/cases.parquet'), 'PAR1 not really PAR1');
    await expect(openReleaseTables(broken)).rejects.toMatchObject({ code: 'QUERY_FAILED' });
  });
});
