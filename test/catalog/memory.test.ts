import { mkdtempSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';
import { databaseLimit, limitBytes, machineMemory } from '../../src/catalog/memory.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

/** Sorts some 60 MB of text by what says nothing of its order, so that all of it must be held somewhere. */
const SORTED = `SELECT count(*) AS n, min(digest) AS least FROM (SELECT digest, row_number() OVER (ORDER BY digest) AS place FROM (SELECT sha256(i::VARCHAR) AS digest FROM range(400000) AS r(i)))`;

describe('memory', () => {
  test('is that of the container where it has less than the machine', () => {
    expect(machineMemory(4e9, 16e9)).toBe(4e9);
    expect(machineMemory(2 ** 64, 16e9)).toBe(16e9);
    expect(machineMemory(0, 16e9)).toBe(16e9);
  });

  test('of a limit is read as DuckDB writes it', async () => {
    expect([limitBytes('1.5 GiB'), limitBytes('40.0 MiB'), limitBytes('40MB'), limitBytes('512 bytes'), limitBytes('none')]).toEqual([1.5 * 2 ** 30, 40 * 2 ** 20, 40e6, 512, Number.POSITIVE_INFINITY]);
    const catalog = await Catalog.open(':memory:', { bare: true, memoryLimit: '300MB' });
    const [row] = await catalog.all<{ bytes: string }>("SELECT current_setting('memory_limit') AS bytes");
    catalog.close();
    expect(Math.round(limitBytes(row?.bytes ?? '') / 1e6)).toBe(300);
  });

  test('DuckDB is held to half of what the process may take, and to no less than it needs to spill', async () => {
    expect(databaseLimit(8e9)).toBe('4000000000B');
    expect(databaseLimit(1000)).toBe(`${128 * 1024 * 1024}B`);
    expect(databaseLimit()).toBe(databaseLimit(machineMemory()));
    const catalog = await Catalog.open(':memory:', { bare: true, memory: 2 ** 30 });
    const [row] = await catalog.all<{ limit: string }>("SELECT current_setting('memory_limit') AS \"limit\"");
    catalog.close();
    expect(row?.limit).toBe('512.0 MiB');
  });
});

describe('what does not fit into memory', () => {
  test('is spilled, beside the catalog, and gone when it is closed', async () => {
    const folder = temporaryFolder();
    const catalog = await Catalog.open(join(folder, 'catalog.duckdb'), { memoryLimit: '40MB', threads: 1 });
    const before = await catalog.all(SORTED);
    const spilled = await catalog.all<{ bytes: number }>("SELECT coalesce(sum(size), 0)::BIGINT AS bytes FROM duckdb_temporary_files()");
    expect(spilled).toHaveLength(1);
    expect(readdirSync(join(folder, 'catalog.duckdb.scratch'))).toContain('spill');
    catalog.close();
    expect(readdirSync(folder)).toEqual(['catalog.duckdb']);
    const roomy = await Catalog.open(':memory:', { bare: true });
    expect(await roomy.all(SORTED)).toEqual(before);
    roomy.close();
  });

  test('is swept by the next who writes when the one that spilled it was killed', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'catalog.duckdb');
    (await Catalog.open(path)).close();
    mkdirSync(join(folder, 'catalog.duckdb.scratch/spill'), { recursive: true });
    writeFileSync(join(folder, 'catalog.duckdb.scratch/spill/duckdb_temp_storage_DEFAULT-0.tmp'), 'left behind');
    const next = await Catalog.open(path);
    expect(readdirSync(next.scratchFolder)).toEqual([]);
    next.close();
    expect(readdirSync(folder)).toEqual(['catalog.duckdb']);
  });

  test('that finds no room is told as a full disk, with what to do', async () => {
    const catalog = await Catalog.open(':memory:', { bare: true, memoryLimit: '40MB', spillLimit: '5MB', threads: 1 });
    await expect(catalog.all(SORTED)).rejects.toMatchObject({
      code: 'DISK_FULL',
      exitCode: 3,
      message: expect.stringContaining('does not fit into memory') as unknown,
      suggestions: expect.arrayContaining([expect.stringContaining('--memory')]) as unknown,
    });
    catalog.close();
  });
});

describe('the folder of a reader', () => {
  test('is beside the catalog, one for each, and swept by the next who writes when a reader died', async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'catalog.duckdb');
    (await Catalog.open(path)).close();
    const reader = await Catalog.open(path, { readOnly: true });
    expect(readdirSync(folder).filter((name) => name.startsWith('catalog.duckdb.scratch-'))).toHaveLength(1);
    reader.close();
    expect(readdirSync(folder)).toEqual(['catalog.duckdb']);
    mkdtempSync(join(folder, 'catalog.duckdb.scratch-'));
    (await Catalog.open(path)).close();
    expect(readdirSync(folder)).toEqual(['catalog.duckdb']);
  });

  test('of a database in memory is where it is told to be, or where the system has its own', async () => {
    const folder = temporaryFolder();
    const catalog = await Catalog.open(':memory:', { bare: true, scratch: folder });
    expect(readdirSync(folder)).toHaveLength(1);
    catalog.close();
    expect(readdirSync(folder)).toEqual([]);
    mkdirSync(join(folder, 'gone'));
    rmSync(join(folder, 'gone'), { recursive: true });
    const elsewhere = await Catalog.open(':memory:', { bare: true, scratch: join(folder, 'gone') });
    expect(elsewhere.scratchFolder.startsWith(folder)).toBe(false);
    elsewhere.close();
  });
});
