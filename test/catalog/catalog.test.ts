import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Catalog, quoteIdentifier, quoteLiteral } from '../../src/catalog/catalog.js';
import { KEPT_ATTRIBUTES } from '../../src/model/header.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'catalog-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const catalogModule = new URL('../../src/catalog/catalog.js', import.meta.url).href;

async function withCatalog<T>(work: (catalog: Catalog) => Promise<T>): Promise<T> {
  const catalog = await Catalog.open(':memory:');
  try {
    return await work(catalog);
  } finally {
    catalog.close();
  }
}

/** Another process that opens `path` and holds it until its standard input closes. */
function holdInOtherProcess(path: string, options: string): Promise<{ pid: number; end: () => Promise<void> }> {
  const code = `
    const { Catalog } = await import(${JSON.stringify(catalogModule)});
    const catalog = await Catalog.open(${JSON.stringify(path)}, ${options});
    process.stdout.write('open');
    process.stdin.resume().on('end', () => { catalog.close(); process.exit(0); });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: ['pipe', 'pipe', 'inherit'] });
  const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  return new Promise((resolve, reject) => {
    child.stdout.once('data', () => {
      resolve({ pid: child.pid as number, end: () => (child.stdin.end(), exited) });
    });
    void exited.then(() => reject(new Error('the other process ended')));
  });
}

describe('opening', () => {
  test('makes the tables of the newest version, with the columns of the kept attributes in order', async () => {
    await withCatalog(async (catalog) => {
      const columns = await catalog.all<{ name: string }>(
        "SELECT column_name AS name FROM duckdb_columns() WHERE table_name = 'instance' ORDER BY column_index",
      );
      const names = columns.map(({ name }) => name);
      expect(names.slice(names.indexOf('TransferSyntaxUID') + 1)).toEqual([...KEPT_ATTRIBUTES.map(({ keyword }) => keyword), 'revision', 'batch']);
    });
  });

  test('keeps what was written, and a second opening migrates nothing', async () => {
    const path = join(folder, 'deep/er/kept.duckdb');
    const first = await Catalog.open(path);
    await first.run("INSERT INTO case_ VALUES ('c1', 'accepted', '')");
    first.close();
    const second = await Catalog.open(path);
    expect(await second.all('SELECT case_id FROM case_')).toEqual([{ case_id: 'c1' }]);
    expect(await second.all('SELECT count(*) = count(DISTINCT version) AS once FROM schema_version')).toEqual([{ once: true }]);
    second.close();
    second.close();
  });

  test('works in a folder called like a glob or a quote; a question mark, which DuckDB mistakes, is refused', async () => {
    const path = join(folder, `it's [a] *; %20`, 'c.duckdb');
    (await Catalog.open(path)).close();
    (await Catalog.open(path)).close();
    await expect(Catalog.open(join(folder, 'what?', 'c.duckdb'))).rejects.toMatchObject({ code: 'CATALOG_FAILED', message: expect.stringMatching(/question mark/) });
  });

  test('a newer catalog is refused with exit status 4', async () => {
    const path = join(folder, 'newer.duckdb');
    const catalog = await Catalog.open(path);
    await catalog.run("INSERT INTO schema_version VALUES (999, '0999-future.sql')");
    catalog.close();
    await expect(Catalog.open(path)).rejects.toMatchObject({ code: 'CATALOG_TOO_NEW', exitCode: 4, found: 'catalog version 999' });
  });

  test('a file that is no database, and a database that is no catalog, are named', async () => {
    const text = join(folder, 'text.duckdb');
    writeFileSync(text, 'not a database '.repeat(1000));
    await expect(Catalog.open(text)).rejects.toMatchObject({ code: 'CATALOG_FAILED' });
    const other = join(folder, 'other.duckdb');
    const made = await Catalog.open(other);
    await made.run('CREATE TABLE cooking (dish VARCHAR); DROP TABLE schema_version');
    made.close();
    await expect(Catalog.open(other)).rejects.toThrow(/Not a Colophon catalog/);
  });

  test('read-only: absent is CATALOG_EMPTY, writing fails, the scratch folder is never shared', async () => {
    await expect(Catalog.open(join(folder, 'absent.duckdb'), { readOnly: true })).rejects.toMatchObject({ code: 'CATALOG_EMPTY' });
    const path = join(folder, 'readonly.duckdb');
    (await Catalog.open(path)).close();
    const catalog = await Catalog.open(path, { readOnly: true });
    await expect(catalog.run('CREATE TABLE x (a INTEGER)')).rejects.toMatchObject({ code: 'CATALOG_FAILED' });
    expect(catalog.scratchFolder.startsWith(tmpdir())).toBe(true);
    catalog.close();
  });

  test('sweeps the scratch folder that a killed process left', async () => {
    const path = join(folder, 'swept.duckdb');
    mkdirSync(`${path}.scratch`);
    writeFileSync(`${path}.scratch/old`, '');
    const catalog = await Catalog.open(path);
    expect(existsSync(join(catalog.scratchFolder, 'old'))).toBe(false);
    catalog.close();
    expect(existsSync(`${path}.scratch`)).toBe(false);
  });
});

describe('one instance, one thread, one process', () => {
  test('a second opening in this process is a bug, by whatever name', async () => {
    const path = join(folder, 'once.duckdb');
    const catalog = await Catalog.open(path);
    symlinkSync(path, join(folder, 'alias.duckdb'));
    await expect(Catalog.open(path)).rejects.toThrow(/already open/);
    await expect(Catalog.open(join(folder, 'alias.duckdb'))).rejects.toThrow(/already open/);
    catalog.close();
    const again = await Catalog.open(path);
    again.close();
  });

  test('a worker thread cannot open a catalog', async () => {
    const code = `import(${JSON.stringify(catalogModule)}).then(({ Catalog }) => Catalog.open(':memory:'));`;
    const failure = await new Promise<Error>((resolve) => new Worker(code, { eval: true }).once('error', resolve));
    expect(failure.message).toMatch(/main thread only/);
  });

  test('a second process meets CATALOG_LOCKED with the pid of the first', async () => {
    const path = join(folder, 'locked.duckdb');
    (await Catalog.open(path)).close();
    const holder = await holdInOtherProcess(path, '{}');
    await expect(Catalog.open(path)).rejects.toMatchObject({ code: 'CATALOG_LOCKED', message: expect.stringContaining(String(holder.pid)) });
    await expect(Catalog.open(path, { readOnly: true })).rejects.toMatchObject({ code: 'CATALOG_LOCKED' });
    await holder.end();
    (await Catalog.open(path)).close();
  });

  test('two processes may read at once', async () => {
    const path = join(folder, 'shared.duckdb');
    (await Catalog.open(path)).close();
    const holder = await holdInOtherProcess(path, '{readOnly: true}');
    (await Catalog.open(path, { readOnly: true })).close();
    await holder.end();
  });
});

describe('values', () => {
  test('integers are numbers, or exact text beyond 2^53; nothing is a bigint', async () => {
    await withCatalog(async (catalog) => {
      const [row] = await catalog.all(`SELECT 5::BIGINT AS a, 9007199254740993::BIGINT AS b, count(*) AS c, sum(1) AS d, 1.5 AS e,
        DATE '2026-01-02' AS f, [1::BIGINT, NULL] AS g, {'x': 1::BIGINT} AS h, NULL AS i, true AS j, encode('ü') AS k, 0.1::DOUBLE AS l`);
      expect(row).toEqual({
        a: 5, b: '9007199254740993', c: 1, d: 1, e: 1.5, f: '2026-01-02', g: [1, null], h: { x: 1 }, i: null, j: true,
        k: new Uint8Array([0xc3, 0xbc]), l: 0.1,
      }); // prettier-ignore
      expect(() => JSON.stringify(row)).not.toThrow();
    });
  });

  test('parameters are bound, not spliced', async () => {
    await withCatalog(async (catalog) => {
      const hostile = `'; DROP TABLE instance; --\0"`;
      expect(await catalog.all('SELECT ? AS text, ? AS n, ? AS big, ? AS yes, ? AS none, ? AS list', [hostile, 7, 8n, true, null, ['a', 'b']])).toEqual([
        { text: hostile, n: 7, big: 8, yes: true, none: null, list: ['a', 'b'] },
      ]);
      expect(await catalog.all('SELECT count(*) AS n FROM instance')).toEqual([{ n: 0 }]);
    });
  });

  test('identifiers and literals from data are quoted, a column called __proto__ is a column', async () => {
    await withCatalog(async (catalog) => {
      const name = `a"b.c'; DROP TABLE instance; --`;
      await catalog.run(`CREATE TABLE hostile (${quoteIdentifier(name)} VARCHAR, "__proto__" VARCHAR)`);
      await catalog.run(`INSERT INTO hostile VALUES (${quoteLiteral(`it's`)}, 'x')`);
      const [row] = await catalog.all('SELECT * FROM hostile');
      expect(Object.entries(row as object)).toEqual([[name, "it's"], ['__proto__', 'x']]); // prettier-ignore
    });
  });
});

test('an error names what went wrong without the value of a cell', async () => {
  await withCatalog(async (catalog) => {
    const failed = catalog.all("SELECT 'Doe^Jane'::INTEGER");
    await expect(failed).rejects.toThrow(/Conversion Error/);
    await expect(failed).rejects.not.toThrow(/Jane/);
  });
});

describe('streaming and transactions', () => {
  test('a stream gives every row although other queries run meanwhile', async () => {
    await withCatalog(async (catalog) => {
      await catalog.run('CREATE TABLE many AS SELECT range AS n FROM range(100_000)');
      let rows = 0;
      let largest = 0;
      for await (const chunk of catalog.stream<{ n: number }>('SELECT n FROM many ORDER BY n')) {
        expect(chunk[0]?.n).toBe(rows);
        rows += chunk.length;
        largest = Math.max(largest, chunk.length);
        await catalog.all('SELECT 1');
      }
      expect(rows).toBe(100_000);
      expect(largest).toBeLessThanOrEqual(2048);
    });
  });

  test('a transaction that throws leaves nothing, its error comes through, the next one works', async () => {
    await withCatalog(async (catalog) => {
      const failed = catalog.transaction(async () => {
        await catalog.run("INSERT INTO case_ VALUES ('c1', 'accepted', '')");
        throw new Error('halfway');
      });
      await expect(failed).rejects.toThrow('halfway');
      await catalog.transaction(() => catalog.run("INSERT INTO case_ VALUES ('c2', 'accepted', '')"));
      expect(await catalog.all('SELECT case_id FROM case_')).toEqual([{ case_id: 'c2' }]);
    });
  });

  test('a bulk load keeps text, nulls and 64-bit integers exactly', async () => {
    await withCatalog(async (catalog) => {
      await catalog.run('CREATE TABLE loaded (a VARCHAR, b BIGINT, c VARCHAR)');
      const appender = await catalog.appender('loaded');
      appender.appendRow(['0042', 1_800_000_000_123_456_789n, null]);
      appender.appendRow(['ü\u{1F600}', 7, '']);
      expect(() => appender.appendRow(['short'])).toThrow(/1 cells for 3 columns/);
      appender.close();
      expect(await catalog.all('SELECT a, b::VARCHAR AS b, c FROM loaded ORDER BY a')).toEqual([
        { a: '0042', b: '1800000000123456789', c: null },
        { a: 'ü\u{1F600}', b: '7', c: '' },
      ]);
    });
  });
});

test('a memory limit holds while work runs, and only then', async () => {
  await withCatalog(async (catalog) => {
    const limit = () => catalog.all("SELECT current_setting('memory_limit') AS value");
    const before = await limit();
    const failed = catalog.withMemoryLimit('100MB', async () => {
      expect(await limit()).toEqual([{ value: '95.3 MiB' }]);
      throw new Error('inside');
    });
    await expect(failed).rejects.toThrow('inside');
    expect(await limit()).toEqual(before);
  });
});

describe('confinement', () => {
  test.each([
    "SELECT * FROM read_csv('/etc/passwd')",
    "SELECT * FROM read_text('/etc/passwd')",
    "SELECT * FROM glob('/etc/*')",
    "SELECT * FROM '/etc/passwd'",
    "COPY (SELECT 1) TO '/tmp/colophon-escape.csv'",
    "ATTACH '/tmp/colophon-escape.duckdb'",
    'INSTALL httpfs',
    'LOAD httpfs',
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
  ])('%s is refused', async (sql) => {
    await withCatalog(async (catalog) => {
      await expect(catalog.run(sql)).rejects.toMatchObject({ code: 'CATALOG_FAILED' });
    });
    expect(existsSync('/tmp/colophon-escape.csv') || existsSync('/tmp/colophon-escape.duckdb')).toBe(false);
  });

  test('the scratch folder and the folders named on opening are open', async () => {
    const outside = mkdtempSync(join(folder, 'named-'));
    const catalog = await Catalog.open(':memory:', { folders: [outside] });
    for (const target of [outside, catalog.scratchFolder]) {
      await catalog.run(`COPY (SELECT 1 AS a) TO ${quoteLiteral(join(target, "it's.csv"))}`);
      expect(existsSync(join(target, "it's.csv"))).toBe(true);
    }
    await expect(catalog.run(`COPY (SELECT 1) TO ${quoteLiteral(join(outside, '../up.csv'))}`)).rejects.toThrow();
    catalog.close();
  });
});
