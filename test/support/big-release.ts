import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import { exportParquet } from '../../src/catalog/parquet.js';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { FileDigester, sha256Hex } from '../../src/fixity/digest.js';
import { RELEASE_FILES, type ReleaseDocument } from '../../src/model/release.js';
import { node, joined } from '../../src/release/candidate/content.js';
import { ListWriter } from '../../src/release/list-writer.js';

/** How the second of two big releases differs from the first: nothing, here and there, or in every image. */
export type BigChange = 'none' | 'some' | 'all';

/** Images of a series, series of a study, studies of a case. */
const [IMAGES, SERIES, STUDIES] = [20, 2, 2];

/** SQL of what a release holds, image by image; of every 50th case one image has other bytes in a release with `some` changes. */
function instances(count: number, change: BigChange): string {
  const salt = change === 'all' ? "'x'" : change === 'some' ? `CASE WHEN n % ${IMAGES * SERIES * STUDIES * 50} = 0 THEN 'x' ELSE '' END` : "''";
  return `
    SELECT 'data/images/' || case_id || '/' || StudyInstanceUID || '/' || SeriesInstanceUID || '/' || SOPInstanceUID || '.dcm' AS path,
      524288 + n % 1000 AS size_bytes, sha256(n || ${salt}) AS sha256, *, '1.2.840.10008.1.2.1' AS TransferSyntaxUID, 'CT' AS Modality, 'Maker ' || n % 7 AS Manufacturer
    FROM (SELECT n, 'case-' || lpad((n // ${IMAGES * SERIES * STUDIES})::VARCHAR, 8, '0') AS case_id, '2.25.3' || lpad((n // ${IMAGES * SERIES})::VARCHAR, 30, '0') AS StudyInstanceUID,
      '2.25.4' || lpad((n // ${IMAGES})::VARCHAR, 30, '0') AS SeriesInstanceUID, '2.25.5' || lpad(n::VARCHAR, 30, '0') AS SOPInstanceUID FROM range(${count}) AS r(n))`;
}

/**
 * Writes a release without payload: tables, dictionary, manifest with a line for every image, release.json. With `some`
 * changes one case in 100 has another label, one in 1000 is new, and one in 1000 is gone.
 */
export async function writeBigRelease(folder: string, { count, change, version }: { count: number; change: BigChange; version: string }): Promise<void> {
  mkdirSync(join(folder, 'data/tables'), { recursive: true });
  const catalog = await Catalog.open(':memory:', { bare: true });
  try {
    await fill(catalog, count, change);
    const digester = new FileDigester();
    const listed: { path: string; sha256: string }[] = [];
    for (const [name, query, orderBy] of TABLES) {
      const path = `data/tables/${name}.parquet`;
      await exportParquet(catalog, { query, orderBy, path: join(folder, path) });
      listed.push({ path, sha256: digester.digestFile(join(folder, path)).sha256 });
    }
    const dictionary = JSON.stringify(DICTIONARY);
    writeFileSync(join(folder, 'data/dictionary.json'), dictionary);
    await writeManifest(catalog, folder, [{ path: 'data/dictionary.json', sha256: sha256Hex(dictionary) }, ...listed]);
    writeFileSync(join(folder, RELEASE_FILES.release), canonicalJson(await describe(catalog, version, digester.digestFile(join(folder, RELEASE_FILES.manifest)).sha256)));
  } finally {
    catalog.close();
  }
}

const IMAGE_COLUMNS = 'path, size_bytes, sha256, case_id, StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID, TransferSyntaxUID, Modality, Manufacturer';

const TABLES: [name: string, query: string, orderBy: string[]][] = [
  ['cases', 'FROM cases', ['case_id']],
  ['studies', 'FROM studies', ['case_id', 'StudyInstanceUID']],
  ['series', 'FROM series', ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID']],
  ['instances', `SELECT ${IMAGE_COLUMNS} FROM instances`, ['path']],
  ['splits', "SELECT 'fold' AS split, case_id, CASE WHEN hash(case_id) % 5 = 0 THEN 'test' ELSE 'train' END AS part FROM cases", ['split', 'case_id']],
  ['tombstones', "SELECT ''::VARCHAR AS case_id, '' AS reason, '' AS since_version, '' AS date, ''::VARCHAR AS replacement WHERE false", []],
  ['clinical_case', 'FROM clinical_case', ['submitter_id']],
  ['clinical_measurement', 'FROM clinical_measurement', ['submitter_id']],
];

/** Eight measurements a case, thirteen columns. */
async function fill(catalog: Catalog, count: number, change: BigChange): Promise<void> {
  const some = change === 'some';
  const all = some ? `(${instances(count + count / 1000, change)})` : `(${instances(count, change)})`;
  await catalog.run(`CREATE TABLE instances AS FROM ${all} ${some ? "WHERE case_id NOT LIKE '%500'" : ''}`);
  await catalog.run(`CREATE TABLE series AS SELECT case_id, StudyInstanceUID, SeriesInstanceUID, ${node("'series'", 'SeriesInstanceUID', joined('sha256'))} AS digest,
    'CT' AS Modality, count(*) AS instances, sum(size_bytes)::BIGINT AS size_bytes FROM instances GROUP BY case_id, StudyInstanceUID, SeriesInstanceUID`);
  await catalog.run(`CREATE TABLE studies AS SELECT case_id, StudyInstanceUID, ${node("'study'", 'StudyInstanceUID', joined('digest'))} AS digest,
    ['CT'] AS modalities, count(*) AS series, sum(instances)::BIGINT AS instances, sum(size_bytes)::BIGINT AS size_bytes FROM series GROUP BY case_id, StudyInstanceUID`);
  await catalog.run(`CREATE TABLE clinical_case AS SELECT case_id, case_id AS submitter_id, CASE WHEN hash(case_id) % 2 = 0 THEN 'Female' ELSE 'Male' END AS sex, hash(case_id) % 90 AS age,
    CASE WHEN ${some} AND case_id LIKE '%77' THEN 'Yes' ELSE 'No' END AS covid19_positive FROM (SELECT DISTINCT case_id FROM studies)`);
  await catalog.run(`CREATE TABLE clinical_measurement AS SELECT case_id, case_id || '-' || m AS submitter_id, 'test' AS kind, (hash(case_id, m) % 1000) / 10.0 AS value, 'mg/dL' AS unit,
    ${Array.from({ length: 8 }, (_, at) => `'text ' || hash(case_id, m, ${at}) % 100 AS t${at}`).join(', ')} FROM clinical_case, range(8) AS r(m)`);
  await catalog.run(`CREATE TABLE cases AS SELECT case_id, ${node("'case'", 'case_id', joined("sha256(digest || covid19_positive)"))} AS digest,
    count(*) AS studies, sum(series)::BIGINT AS series, sum(instances)::BIGINT AS instances, sum(size_bytes)::BIGINT AS size_bytes FROM studies JOIN clinical_case USING (case_id) GROUP BY case_id`);
}

const DICTIONARY = {
  pack: { name: 'none', version: '', digest: '', dictionary: null },
  tables: ['case', 'measurement'].map((table) => ({ table, description: null, key: 'submitter_id', unique: [], columns: [] })),
};

async function writeManifest(catalog: Catalog, folder: string, files: readonly { path: string; sha256: string }[]): Promise<void> {
  const list = new ListWriter(join(folder, RELEASE_FILES.manifest));
  for (const { path, sha256 } of files) list.add(`${sha256}  ${path}\n`);
  for await (const rows of catalog.stream<{ line: string }>("SELECT sha256 || '  ' || path AS line FROM instances ORDER BY path")) for (const { line } of rows) list.add(`${line}\n`);
  list.close();
}

async function describe(catalog: Catalog, version: string, manifest: string): Promise<ReleaseDocument> {
  const none = '0'.repeat(64);
  const [counts] = await catalog.all<Omit<ReleaseDocument['counts'], 'tables' | 'withdrawn'>>(
    'SELECT count(*) AS cases, sum(studies)::BIGINT AS studies, sum(series)::BIGINT AS series, sum(instances)::BIGINT AS instances, sum(size_bytes)::BIGINT AS bytes FROM cases',
  );
  const [root] = await catalog.all<{ content: string }>(`SELECT ${node("'release'", "'big'", joined('digest'))} AS content FROM cases`);
  return {
    format: 'colophon-release/1',
    dataset: { id: 'big', title: 'A big one', license: 'CC0-1.0' },
    version,
    sequence: Number(version.split('.')[0]),
    date: '2026-01-01',
    previous: null,
    counts: { ...counts!, tables: TABLES.length, withdrawn: 0 },
    digests: { manifest, bagit: none, bag_info: none, sizes: none, content: root!.content },
    schema: null,
    splits: [{ name: 'fold', algorithm: 'test/1', seed: '1', digest: none, parts: {} }],
    policy: { profile: 'public', digest: none, errors: 0, warnings: 0, waived: 0 },
    tool: { name: 'colophon', version: '0.0.0', duckdb: 'none' },
  };
}
