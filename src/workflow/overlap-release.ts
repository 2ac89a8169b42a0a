import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Catalog, quoteLiteral } from '../catalog/catalog.js';
import { textTables } from '../catalog/mended-table.js';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { RELEASE_FILES } from '../model/release.js';
import type { OverlapKey } from '../model/split-overlap.js';
import { parseDocument } from '../release/release-document.js';
import type { LogEntry } from '../release/release-log.js';
import { releaseSide, type Side } from '../release/diff/side.js';
import { normalizeObjectId, PartedIds, type OverlapInput } from '../splits/lists/overlap-ids.js';

/** Column of clinical tables that names the object of a data commons. */
const OBJECT_COLUMN = 'object_id';

/**
 * The cases of a release folder anywhere, by the parts of its splits. Its tables are checked against its manifest first.
 * @param split one of its splits; null for all, each as a source of its own
 * @throws {CurationError} NOT_A_RELEASE, RELEASE_INVALID, RELEASE_TOO_NEW, SPLIT_UNKNOWN
 */
export async function readReleaseFolder(folder: string, split: string | null): Promise<OverlapInput[]> {
  const catalog = await Catalog.open(':memory:', { bare: true, folders: [resolve(folder)] });
  try {
    const path = join(folder, RELEASE_FILES.release);
    const document = await parseDocument(readDocument(path), path);
    return await readRelease(catalog, { document, folder: resolve(folder) }, `${basename(resolve(folder))}`, split);
  } finally {
    catalog.close();
  }
}

function readDocument(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT') throw wrapSystemError(error, 'reading the release', path);
    throw new CurationError('NOT_A_RELEASE', `There is no release here: ${path}`, { cause: error, suggestions: ['Name a release folder, a file with ids, or a split of the workspace.'] });
  }
}

/**
 * The cases of a release, once for each of its splits with the parts of that split, or once without parts when it has none.
 * @throws {CurationError} RELEASE_INVALID when a table was changed; SPLIT_UNKNOWN
 */
export async function readRelease(catalog: Catalog, { document, folder }: Pick<LogEntry, 'document' | 'folder'>, name: string, split: string | null): Promise<OverlapInput[]> {
  const side = await releaseSide(catalog, { document, folder, sequence: document.sequence, digest: '' });
  const splits = document.splits.map((each) => each.name);
  if (split !== null && !splits.includes(split))
    throw new CurationError('SPLIT_UNKNOWN', `The release ${name} has no split ${split}.`, { expected: splits.length === 0 ? 'no split' : `one of ${splits.join(', ')}`, found: split });
  const wanted = split === null ? splits : [split];
  const named = (each: string): string => (split === null && splits.length === 1 ? name : `${name}:${each}`);
  const inputs: OverlapInput[] = [];
  for (const each of wanted)
    inputs.push({ name: named(each), kind: 'release', ids: await readIds(catalog, side, each), origin: { dataset: document.dataset.id, split: each }, within: [] });
  return inputs.length > 0 ? inputs : [{ name, kind: 'release', ids: await readIds(catalog, side, null), origin: null, within: [] }];
}

async function readIds(catalog: Catalog, side: Side, split: string | null): Promise<ReadonlyMap<OverlapKey, PartedIds>> {
  const parts = split === null ? '(SELECT NULL AS case_id, NULL AS part WHERE false)' : `(SELECT case_id, part FROM ${side.own('splits')} WHERE split = ${quoteLiteral(split)})`;
  const cases = new PartedIds();
  const sql = `SELECT c.case_id, p.part FROM ${side.own('cases')} AS c LEFT JOIN ${parts} AS p ON p.case_id = c.case_id`;
  for await (const rows of catalog.stream<{ case_id: string; part: string | null }>(sql)) for (const { case_id, part } of rows) cases.add(case_id, part);
  const objects = [...side.clinical.values()].filter(({ columns }) => columns.has('case_id') && columns.has(OBJECT_COLUMN)).map(({ relation }) => `SELECT ${OBJECT_COLUMN}::VARCHAR AS object_id, case_id FROM ${relation}`);
  return withObjects(catalog, cases, objects);
}

/** The cases, and the objects that tables tie to them, in the parts of their cases. */
export async function withObjects(catalog: Catalog, cases: PartedIds, selects: readonly string[]): Promise<ReadonlyMap<OverlapKey, PartedIds>> {
  const objects = new PartedIds();
  for (const select of selects) {
    const sql = `SELECT DISTINCT object_id, case_id FROM (${select}) WHERE object_id <> ''`;
    for await (const rows of catalog.stream<{ object_id: string; case_id: string }>(sql))
      for (const { object_id, case_id } of rows) {
        const parts = cases.partsOf.get(case_id);
        for (const part of parts === undefined ? [] : parts.length === 0 ? [null] : parts) objects.add(normalizeObjectId(object_id), part);
      }
  }
  return new Map<OverlapKey, PartedIds>(objects.partsOf.size === 0 ? [['case', cases]] : [['case', cases], ['object', objects]]); // prettier-ignore
}

/** SELECTs of the objects that the loaded clinical tables tie to cases. */
export async function catalogObjects(catalog: Catalog, joinCases: (table: string) => string): Promise<string[]> {
  const texts = await textTables(catalog);
  const tables = await catalog.all<{ table_name: string }>('SELECT table_name FROM clinical_table WHERE list_contains(columns, ?) ORDER BY table_name', [OBJECT_COLUMN]);
  return tables.map(({ table_name }) => `SELECT rows.${OBJECT_COLUMN} AS object_id, link.case_id FROM ${texts(table_name)} AS rows ${joinCases(table_name)}`);
}
