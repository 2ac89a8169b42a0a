import type { Location } from '../../model/finding.js';
import { tableLocation } from '../columns.js';
import type { ClinicalTable } from '../check.js';
import type { ViewColumn } from './view-column.js';

/** Where a finding about several columns is: at their table if they are all of one, with the columns that it is about. */
export function viewLocation(columns: readonly ViewColumn[], names: string): Location {
  const tables = new Set<ClinicalTable>(columns.map(({ table }) => table));
  const [table] = tables;
  return table !== undefined && tables.size === 1 ? { ...tableLocation(table), column: names } : { kind: 'dataset', column: names };
}
