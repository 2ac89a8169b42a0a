import type { BalanceVariable } from '../../model/config.js';
import type { CatalogReader } from './catalog-reader.js';
import { resolveColumn, type TableColumns } from './resolution.js';
import type { SplitSettings } from './settings.js';
import { identifier } from './sql.js';

/** Columns of the case table that part and case may be tied by without anybody wanting it: where and when, and by which machine. */
const TELLING = /(^|_)(site|center|centre|institution|hospital|country|region|state|manufacturer|scanner|vendor|year|date|month|batch|project|source)(_|$)/i;

/** Attributes of images that tell the same; dates in bins of equal counts. */
const ATTRIBUTES: readonly BalanceVariable[] = [{ column: 'Manufacturer' }, { column: 'StudyDate', quantiles: 10 }];

/** A column with more values than this is a key, or needs bins. */
const MAX_VALUES = 100;

/** Variables that a report looks at though the split does not balance them. */
export interface ObservedColumns {
  /** Asked for by name; one that is not there is an error. */
  asked: readonly string[];
  /** Whether columns that tell site, date or scanner are looked at too. */
  telling: boolean;
}

/**
 * Chooses the variables that a report looks at beside those that are balanced.
 * @throws {CurationError} CONFIG_INVALID for a column that is asked for and not there
 */
export async function chooseObserved(reader: CatalogReader, settings: SplitSettings, caseTable: string | null, { asked, telling }: ObservedColumns): Promise<BalanceVariable[]> {
  const balanced = new Set(settings.balance.map(({ column }) => column));
  const chosen = new Map<string, BalanceVariable>();
  const add = (variable: BalanceVariable) => {
    if (!balanced.has(variable.column)) chosen.set(variable.column, variable);
  };
  const tables = await readTables(reader);
  const models = (await reader.all<{ model: string }>('SELECT model FROM configured_model ORDER BY model')).map(({ model }) => model);
  for (const column of asked) {
    resolveColumn(column, '--observe', tables, caseTable, models);
    add(ATTRIBUTES.find((attribute) => attribute.column === column) ?? { column });
  }
  if (!telling) return [...chosen.values()];
  for (const column of caseTable === null ? [] : (tables.get(caseTable) ?? []).filter((name) => TELLING.test(name))) {
    const values = await countValues(reader, `clinical_${caseTable!}`, column);
    if (values > 1 && values <= MAX_VALUES) add({ column });
  }
  for (const variable of ATTRIBUTES) if ((await countValues(reader, 'instance', variable.column)) > 1) add(variable);
  return [...chosen.values()];
}

async function readTables(reader: CatalogReader): Promise<TableColumns> {
  const rows = await reader.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table ORDER BY table_name');
  return new Map(rows.map(({ table_name, columns }) => [table_name, columns]));
}

async function countValues(reader: CatalogReader, table: string, column: string): Promise<number> {
  const cell = `${identifier(column)}::VARCHAR`;
  const [row] = await reader.all<{ found: number }>(`SELECT count(DISTINCT ${cell})::INTEGER AS found FROM ${identifier(table)} WHERE ${cell} <> ''`);
  return row?.found ?? 0;
}
