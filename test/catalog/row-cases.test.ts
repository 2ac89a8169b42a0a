import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { Catalog, quoteIdentifier, quoteLiteral } from '../../src/catalog/catalog.js';
import { refreshRowCases, type TableLineage } from '../../src/catalog/row-cases.js';

let catalog: Catalog;
beforeEach(async () => {
  catalog = await Catalog.open(':memory:');
});
afterEach(() => catalog.close());

async function load(table: string, columns: string[], rows: (string | null)[][]): Promise<void> {
  await catalog.run(`CREATE TABLE ${quoteIdentifier(`raw_${table}`)} (source VARCHAR, source_row BIGINT, ${columns.map((name) => `${quoteIdentifier(name)} VARCHAR`).join(', ')})`);
  for (const [index, row] of rows.entries()) {
    const cells = ['s', index + 1, ...row].map((cell) => (cell === null ? 'NULL' : typeof cell === 'number' ? cell : quoteLiteral(cell)));
    await catalog.run(`INSERT INTO ${quoteIdentifier(`raw_${table}`)} VALUES (${cells.join(', ')})`);
  }
  await catalog.run(`INSERT INTO clinical_table VALUES (${quoteLiteral(table)}, [${columns.map(quoteLiteral).join(', ')}], 'submitter_id')`);
}

async function cases(table: string): Promise<string[]> {
  const rows = await catalog.all<{ row: number; case_id: string }>(`SELECT source_row AS row, case_id FROM row_case WHERE table_name = ${quoteLiteral(table)} ORDER BY ALL`);
  return rows.map(({ row, case_id }) => `${row}:${case_id}`);
}

const LINEAGE: TableLineage[] = [
  { table: 'series', key: 'submitter_id', links: [{ column: 'studies.submitter_id', target: 'study' }] },
  { table: 'study', key: 'submitter_id', links: [{ column: 'cases.submitter_id', target: 'case' }] },
  { table: 'case', key: 'submitter_id', links: [] },
  { table: 'note', key: 'submitter_id', links: [{ column: 'case_ids', target: 'case', separator: ',' }, { column: 'study', target: 'study' }] },
  { table: 'dataset', key: 'submitter_id', links: [] },
];

test('a row belongs to the cases that it links to, through other tables too', async () => {
  await load('case', ['submitter_id'], [['a'], ['b']]);
  await load('study', ['submitter_id', 'cases.submitter_id'], [['st1', 'a'], ['st2', 'b'], ['st3', null], ['st4', 'ghost']]);
  await load('series', ['submitter_id', 'studies.submitter_id'], [['x', 'st2'], ['y', 'st3'], ['z', 'nowhere'], ['g', 'st4']]);
  await load('note', ['submitter_id', 'case_ids', 'study'], [['n', 'a,b', null], ['m', null, 'st2'], ['o', 'a', 'st2'], ['p', 'a', 'st1']]);
  await load('dataset', ['submitter_id'], [['d']]);
  await refreshRowCases(catalog, 'case', LINEAGE);
  expect(await cases('case')).toEqual(['1:a', '2:b']);
  expect(await cases('study')).toEqual(['1:a', '2:b', '4:ghost']);
  expect(await cases('series')).toEqual(['1:b', '4:ghost']);
  expect(await cases('note')).toEqual(['1:a', '1:b', '2:b', '3:a', '3:b', '4:a']);
  expect(await cases('dataset')).toEqual([]);
});

test('tables that are not loaded, columns that are not there and circles are no obstacle', async () => {
  await load('case', ['submitter_id'], [['a']]);
  await load('study', ['submitter_id', 'cases.submitter_id', 'series'], [['st', 'a', 'x']]);
  const circular = LINEAGE.map((lineage) => (lineage.table === 'study' ? { ...lineage, links: [...lineage.links, { column: 'series', target: 'series' }] } : lineage));
  await refreshRowCases(catalog, 'case', circular);
  await refreshRowCases(catalog, 'case', circular);
  expect(await cases('study')).toEqual(['1:a']);
});
