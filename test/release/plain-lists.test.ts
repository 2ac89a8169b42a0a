/** The lists that DuckDB writes are, byte by byte, those that are written line by line. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { formatFetchLine, formatManifestLine, formatSizeLine } from '../../src/fixity/manifest.js';
import { writeLists, type ListedFile } from '../../src/release/bag-lists.js';
import { arePlain } from '../../src/release/plain-lists.js';
import { Catalog } from '../../src/catalog/catalog.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

const digest = (digit: string): string => digit.repeat(64);
const FILES: ListedFile[] = [
  { path: 'data/tables/cases.parquet', size_bytes: 7, sha256: digest('1') },
  { path: 'data/croissant.json', size_bytes: 0, sha256: digest('2') },
];
/** In no order; `1.2/` comes before `1.2.3/` only where `/` is greater than `.`. */
const IMAGES: ListedFile[] = [
  { path: 'data/images/case-b/1.2/1.3/1.4.dcm', size_bytes: 5_000_000_000, sha256: digest('a') },
  { path: 'data/images/case-b/1.2.3/1.3/1.5.dcm', size_bytes: 3, sha256: digest('b') },
  { path: 'data/images/Case_A/1.2/1.3/1.10.dcm', size_bytes: 1, sha256: digest('c') },
];

async function list(images: readonly ListedFile[], fetchBase: string | null): Promise<{ plain: boolean; lists: string[]; totals: { files: number; bytes: number }; placed: number }> {
  const folder = temporaryFolder();
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [folder] });
  await catalog.run("CREATE TABLE candidate_instance (path VARCHAR, size_bytes BIGINT, sha256 VARCHAR, source VARCHAR, source_path VARCHAR, mtime_ns BIGINT)");
  for (const { path, size_bytes, sha256 } of images) await catalog.run("INSERT INTO candidate_instance VALUES (?, ?, ?, 'images', 'x', 1)", [path, size_bytes, sha256]);
  let placed = 0;
  const plain = await arePlain(catalog, fetchBase);
  const totals = await writeLists(catalog, { folder, files: FILES, fetchBase, sorted: '(FROM candidate_instance ORDER BY path)', place: async (some) => void (placed += some.length) });
  catalog.close();
  const names = ['manifest-sha256.txt', 'payload-sizes.txt', ...(fetchBase === null ? [] : ['fetch.txt'])];
  return { plain, lists: names.map((name) => readFileSync(join(folder, name), 'utf8')), totals, placed };
}

/** What the functions that know every rule of the lists make of the same files. */
function expected(images: readonly ListedFile[], fetchBase: string | null): string[] {
  const bytewise = (files: readonly ListedFile[]) => [...files].sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)));
  const all = bytewise([...FILES, ...images]);
  const fetch = (fetchBase === null ? [] : bytewise(images)).map(({ path, size_bytes }) => formatFetchLine({ url: fetchBase + path.split('/').map(encodeURIComponent).join('/'), size_bytes, path }));
  return [all.map(({ sha256, path }) => formatManifestLine(sha256, path)).join(''), all.map(({ size_bytes, path }) => formatSizeLine(size_bytes, path)).join(''), ...(fetchBase === null ? [] : [fetch.join('')])];
}

describe.each([null, 'https://example.org/a b/../data/1.0.0/', 's3://bucket/1.0.0/', 'https://example.org/get?file=1.0.0/'])('lists with files to fetch at %s', (fetchBase) => {
  test('are the same, whoever writes them', async () => {
    const found = await list(IMAGES, fetchBase);
    expect(found).toEqual({ plain: true, lists: expected(IMAGES, fetchBase), totals: { files: 5, bytes: 5_000_000_011 }, placed: 3 });
  });

  test.each(['data/images/case é/1.2/1.3/1.6.dcm', 'data/images/case+c/1.2/1.3/1.6.dcm'])('with %s are written line by line', async (path) => {
    const images = [...IMAGES, { path, size_bytes: 4, sha256: digest('d') }];
    expect(await list(images, fetchBase)).toEqual({ plain: false, lists: expected(images, fetchBase), totals: { files: 6, bytes: 5_000_000_015 }, placed: 4 });
  });
});

test('a release without images has lists all the same', async () => {
  expect(await list([], null)).toMatchObject({ lists: expected([], null), totals: { files: 2, bytes: 7 }, placed: 0 });
});
