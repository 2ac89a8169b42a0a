import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Catalog } from '../../src/catalog/catalog.js';

let folder: string;
let path: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'chunk-stream-'));
  path = join(folder, 'catalog.duckdb');
  const catalog = await Catalog.open(path);
  // The cell that is no number lies behind what is read ahead.
  await catalog.run("CREATE TABLE many AS SELECT range AS n, CASE WHEN range = 550_000 THEN 'Doe^Jane' ELSE range::VARCHAR END AS text FROM range(600_000)");
  catalog.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** How often this process has the catalog open; only Linux tells. */
function openDescriptors(): number {
  const names = readdirSync('/proc/self/fd').map((descriptor) => {
    try {
      return readlinkSync(`/proc/self/fd/${descriptor}`);
    } catch {
      return '';
    }
  });
  return names.filter((name) => name.startsWith(path)).length;
}

const onLinux = existsSync('/proc/self/fd') ? test : test.skip;

async function breakOut(catalog: Catalog): Promise<void> {
  for await (const chunk of catalog.stream('FROM many')) if (chunk.length > 0) break;
}

async function throwInside(catalog: Catalog): Promise<void> {
  const reading = (async () => {
    for await (const chunk of catalog.stream('FROM many ORDER BY text')) throw new Error(`after ${chunk.length}`);
  })();
  await expect(reading).rejects.toThrow(/after/);
}

async function leaveTable(catalog: Catalog): Promise<void> {
  const table = await catalog.encodedTable('many', ['n', 'text']);
  for await (const chunk of table.chunks()) if (chunk.rowCount > 0) break;
}

async function leaveRawChunks(catalog: Catalog): Promise<void> {
  for await (const chunk of catalog.rawChunks('FROM many')) if (chunk.rowCount > 0) break;
}

async function failMidway(catalog: Catalog): Promise<void> {
  await expect(readNumbers(catalog)).rejects.toMatchObject({ code: 'CATALOG_FAILED' });
}

async function readNumbers(catalog: Catalog): Promise<number> {
  let rows = 0;
  for await (const chunk of catalog.stream('SELECT text::BIGINT AS number FROM many')) rows += chunk.length;
  return rows;
}

describe('a stream that does not come to its end', () => {
  onLinux.each([
    ['broken out of', breakOut],
    ['left by a throw in its consumer', throwInside],
    ['of an encoded table, left', leaveTable],
    ['of raw chunks, left', leaveRawChunks],
    ['failed midway', failMidway],
  ])('keeps no file open: %s', async (_, leave) => {
    const catalog = await Catalog.open(path);
    await leave(catalog);
    await leave(catalog);
    catalog.close();
    expect(openDescriptors()).toBe(0);
    const again = await Catalog.open(path);
    again.close();
  });

  test('lets what is written afterwards be there, in whichever opening', async () => {
    const first = await Catalog.open(path);
    await breakOut(first);
    await first.run('CREATE OR REPLACE TABLE kept (n INTEGER)');
    await first.run('INSERT INTO kept VALUES (1)');
    first.close();
    const second = await Catalog.open(path);
    await second.run('INSERT INTO kept VALUES (2)');
    second.close();
    const third = await Catalog.open(path, { readOnly: true });
    expect(await third.all('SELECT n FROM kept ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
    third.close();
  });

  test('keeps the file from being opened again while somebody holds it', async () => {
    const catalog = await Catalog.open(path);
    const rows = catalog.stream('FROM many');
    await rows.next();
    catalog.close();
    await expect(Catalog.open(path)).rejects.toThrow(/already open/);
    await rows.return();
    (await Catalog.open(path)).close();
  });

  test('an error after many rows is an error, told in the words of the database and without the cell', async () => {
    const catalog = await Catalog.open(path, { readOnly: true });
    const reading = readNumbers(catalog);
    await expect(reading).rejects.toMatchObject({ code: 'CATALOG_FAILED', message: expect.stringMatching(/Conversion Error/) });
    await expect(reading).rejects.not.toThrow(/Jane/);
    catalog.close();
  });

  test('the catalog goes on after it', async () => {
    const catalog = await Catalog.open(path, { readOnly: true });
    await failMidway(catalog);
    await breakOut(catalog);
    let rows = 0;
    for await (const chunk of catalog.stream('FROM many WHERE n < ?', [100_000])) rows += chunk.length;
    expect(rows).toBe(100_000);
    catalog.close();
  });
});
