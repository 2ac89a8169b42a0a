import { quoteIdentifier, type Catalog } from '../../src/catalog/catalog.js';
import type { Change } from '../../src/model/release-diff.js';
import { diffSides } from '../../src/release/diff/diff.js';
import { readChanges } from '../../src/release/diff/report.js';
import type { OwnTable, Side } from '../../src/release/diff/side.js';
import type { Store } from './release-store.js';

const UIDS = ['case_id', 'StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'];

/** Relations of a release with the one case `case-a` and nothing but clinical tables; its digest says that nothing differs. */
const OWN: Record<OwnTable, string> = {
  cases: "(SELECT 'case-a' AS case_id, '0' AS digest)",
  studies: nothing([...UIDS.slice(0, 2), 'digest']),
  series: nothing([...UIDS.slice(0, 3), 'digest']),
  instances: nothing([...UIDS, 'path', 'sha256']),
  splits: nothing(['split', 'case_id', 'part']),
  tombstones: nothing(['case_id', 'reason', 'replacement']),
};

function nothing(columns: readonly string[]): string {
  return `(SELECT ${columns.map((name) => `''::VARCHAR AS ${name}`).join(', ')} WHERE false)`;
}

const ABOUT: Side['about'] = {
  dataset: { id: 'demo', title: 'A demo', license: 'CC0-1.0' },
  schema: null,
  policy: { profile: 'public', digest: '0', errors: 0, warnings: 0, waived: 0 },
  tool: { name: 'colophon', version: '0.0.0', duckdb: '1' },
  content: '0',
  contentMd5: null,
  splits: [],
  dictionary: { tables: [] },
  gate: null,
};

/** A clinical table of a store, of which every row belongs to `case-a`. */
export type SideTable = Store['tables'][string];

async function fillSide(catalog: Catalog, name: string, { columns, key, rows }: SideTable): Promise<Side> {
  const types = new Map([['case_id', 'VARCHAR'], ...Object.entries(columns)]);
  await catalog.run(`CREATE OR REPLACE TABLE ${name} (${[...types].map(([column, type]) => `${quoteIdentifier(column)} ${type}`).join(', ')})`);
  for (const { cells } of rows)
    await catalog.run(`INSERT INTO ${name} VALUES (${[...types].map(() => '?').join(', ')})`, [...types.keys()].map((column) => (column === 'case_id' ? 'case-a' : (cells[column] ?? null))));
  return { own: (table) => OWN[table], tags: null, draws: null, clinical: new Map([['t', { relation: name, key, columns: types }]]), about: ABOUT };
}

/** The changes from one state of a table to another. */
export async function compareTables(catalog: Catalog, before: SideTable, after: SideTable): Promise<Change[]> {
  await diffSides(catalog, await fillSide(catalog, 'side_before', before), await fillSide(catalog, 'side_after', after));
  return readChanges(catalog, 1000);
}
