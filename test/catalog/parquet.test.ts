import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Catalog, quoteLiteral } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "parq'uet-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** 300,000 rows (19 row groups) unless told otherwise, with ties in the first key, inserted in the order of `order`. */
async function exportRows(name: string, order: string, { threads, rows = 300_000, memoryLimit = '1GB' }: { threads: number; rows?: number; memoryLimit?: string }): Promise<Buffer> {
  const catalog = await Catalog.open(':memory:', { threads, memoryLimit });
  await catalog.run(`CREATE TABLE t AS SELECT md5(i::VARCHAR) AS id, (i % 7)::BIGINT AS tie, CASE WHEN i % 5 > 0 THEN i / 3 END AS x,
    CASE WHEN i % 3 = 0 THEN ['a', NULL] END AS list FROM range(${rows}) AS r(i) ORDER BY ${order}`);
  const path = join(folder, name);
  const result = await exportParquet(catalog, { query: 'SELECT * FROM t', orderBy: ['tie'], path, metadata: { release: "1.0.0'", b: 'x' } });
  const bytes = readFileSync(path);
  expect(result).toEqual({ rows, size_bytes: bytes.length });
  expect(readdirSync(catalog.scratchFolder).filter((each) => each !== 'spill')).toEqual([]);
  expect(await catalog.all("SELECT current_setting('threads') AS threads")).toEqual([{ threads }]);
  catalog.close();
  return bytes;
}

// both end a few rows behind a full row group
test.each([17_000, 2 * 122_880 + 17_000])('same rows, same bytes: %i for one thread or four, with little memory, whatever the order of insertion', async (rows) => {
  const reference = await exportRows('a.parquet', 'i', { threads: 1, rows });
  expect((await exportRows('b.parquet', 'i DESC', { threads: 4, rows })).equals(reference)).toBe(true);
  expect((await exportRows('c.parquet', 'hash(i)', { threads: 2, rows })).equals(reference)).toBe(true);
  expect((await exportRows('e.parquet', 'i', { threads: 2, rows, memoryLimit: '64MB' })).equals(reference)).toBe(true);
});

test('rows, order and metadata can be read back', async () => {
  await exportRows('d.parquet', 'i', { threads: 2 });
  const catalog = await Catalog.open(':memory:', { folders: [folder] });
  const file = quoteLiteral(join(folder, 'd.parquet'));
  expect(await catalog.all(`SELECT count(*) AS n, count(x) AS x, min(tie) AS low FROM read_parquet(${file})`)).toEqual([{ n: 300_000, x: 240_000, low: 0 }]);
  expect(await catalog.all(`SELECT bool_and(tie >= coalesce(before, 0)) AS sorted FROM
    (SELECT tie, lag(tie) OVER (ORDER BY file_row_number) AS before FROM read_parquet(${file}, file_row_number = true))`)).toEqual([{ sorted: true }]);
  expect(await catalog.all(`SELECT decode(key) AS key, decode(value) AS value FROM parquet_kv_metadata(${file}) WHERE decode(key) <> 'ARROW:schema' ORDER BY key`)).toEqual([
    { key: 'b', value: 'x' },
    { key: 'release', value: "1.0.0'" },
  ]);
  catalog.close();
});
