/**
 * Measures the pull of a table of a real PostgreSQL server: to the part file, and whole into the catalog, against a bare loop of
 * pg-cursor that throws the rows away, and against COPY to a file by psql. Run through main.ts; `node registry.js WHAT URL ROWS` is one
 * measured run. Rows are made by the server, so its own work is in all of them.
 */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import Cursor from 'pg-cursor';
import { Catalog } from '../../src/catalog/catalog.js';
import { FetchedTables } from '../../src/sources/fetched-tables.js';
import { readRegistry } from '../../src/sources/postgres/read-registry.js';
import { pullSources } from '../../src/workflow/pull.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { noPostgres, startPostgres } from '../support/postgres.js';
import { measureAll, nodeSubject, print, printTable, reportPeak, type BenchOptions, type Measurement, type Subject } from './measure.js';

const SELF = new URL('./registry.js', import.meta.url);
const BARE = 'bare pg-cursor loop';
const COPY = 'psql COPY to a file';
const READ = 'read to a part file';
const PULL = 'colophon pull';

const ROWS = 300_000;

export async function bench(options: BenchOptions): Promise<void> {
  const missing = noPostgres();
  if (missing !== null) return print(`registry: ${missing}`);
  const server = await startPostgres({ shared_buffers: '256MB' });
  try {
    await server.run(`CREATE UNLOGGED TABLE patient AS SELECT 'case-' || lpad(g::text, 8, '0') AS case_id, CASE g % 3 WHEN 0 THEN 'Female' WHEN 1 THEN 'Male' END AS sex,
      g % 90 AS age, (g * 1.37)::numeric(12, 2) AS weight, DATE '2020-01-01' + g % 700 AS day, g % 2 = 0 AS positive, md5(g::text) AS note
      FROM generate_series(1, ${10 * ROWS}) AS g`);
    const few = await compare(server.url, ROWS, options);
    const many = await compare(server.url, 10 * ROWS, { ...options, rounds: 1 });
    for (const name of [READ, PULL]) {
      const [one, ten] = [few, many].map((each) => each.find((measured) => measured.name === name));
      print(`${name}, 10 times the rows: time x ${((ten?.seconds ?? 0) / (one?.seconds ?? 1)).toFixed(1)}, peak memory ${one?.peak_mb} to ${ten?.peak_mb} MB`);
    }
  } finally {
    await server.stop();
  }
}

async function compare(url: string, rows: number, options: BenchOptions): Promise<Measurement[]> {
  const folder = join(options.folder, 'registry');
  const prepare = (): void => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
  };
  const count = `rows=${rows}`;
  const check = (stdout: string): void => {
    if (!stdout.includes(count)) throw new Error(`expected ${count}, found ${stdout}`);
  };
  const ours = (name: string, what: string): Subject => nodeSubject(name, SELF, [what, url, String(rows), folder], { check, prepare });
  const copy = `\\copy (${query(rows)}) to '${join(folder, 'copy.csv')}' csv header`;
  const measured = await measureAll([ours(PULL, 'pull'), ours(READ, 'read'), ours(BARE, 'bare'), { name: COPY, command: 'psql', args: ['-q', url, '-c', copy], prepare }], options.rounds);
  printTable(`registry of ${rows} rows of 7 columns`, measured, [BARE, COPY], { files: rows, bytes: rows * 88 });
  return measured;
}

function query(rows: number): string {
  return `select * from patient limit ${rows}`;
}

async function runOne(what: string, url: string, rows: number, folder: string): Promise<number> {
  const source = { kind: 'postgres' as const, name: 'registry', url, tables: { case: query(rows) } };
  if (what === 'bare') return readBare(url, rows);
  if (what === 'read') {
    let read = 0;
    await readRegistry(source, new FetchedTables(folder), { url, splitter: () => () => ({ separator: ',', split: (text) => text.split(',') }), onProgress: (progress) => void (read = progress.rows) });
    return read;
  }
  const paths = workspacePaths(folder);
  const config = { dataset: { id: 'bench', title: 'Bench', license: 'CC0-1.0' }, sources: [source], tables: { case: { key: 'case_id' } } };
  const catalog = await Catalog.open(paths.catalog);
  const report = await pullSources({ workspace: { root: folder, config, paths }, catalog, pack: null });
  catalog.close();
  return report.tables[0]?.tables[0]?.rows ?? 0;
}

async function readBare(url: string, rows: number): Promise<number> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const cursor = client.query(new Cursor<unknown[]>(query(rows), [], { rowMode: 'array' }));
  let read = 0;
  for (let batch = await cursor.read(5000); batch.length > 0; batch = await cursor.read(5000)) read += batch.length;
  await client.end();
  return read;
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const [what = '', url = '', rows = '0', folder = '.'] = process.argv.slice(2);
  print(`rows=${await runOne(what, url, Number(rows), folder)}`);
  reportPeak();
}
