import type { CaseRules } from '../catalog/cases.js';
import type { TableLineage } from '../catalog/row-cases.js';
import { CurationError } from '../errors.js';
import type { SchemaPack } from '../model/clinical.js';
import type { Config } from '../model/config.js';
import { nearMiss } from '../model/near-miss.js';
import { isTableSource } from '../model/source-config.js';
import type { Withdrawal } from '../model/workspace-files.js';

/** The table with one row a case, unless the configuration names another. */
export const DEFAULT_CASE_TABLE = 'case';

/** What the configuration and the schemas say about cases, brought into the form that the catalog works with. */
export interface CaseContext {
  /** The table with one row a case and its key; null when the workspace has no clinical tables. */
  cases: { table: string; key: string } | null;
  /** How rows of every known table lead to cases. */
  lineage: TableLineage[];
}

/**
 * Where cases live and how rows lead to them, from colophon.yaml and the schema pack.
 * @param columns the columns of each loaded table
 * @throws {CurationError} CONFIG_INVALID when a key is named nowhere
 */
export function caseContext(config: Config, pack: SchemaPack | null, columns: ReadonlyMap<string, readonly string[]>): CaseContext {
  if (!config.sources.some(isTableSource)) return { cases: null, lineage: [] };
  const table = linkedTable(config) ?? DEFAULT_CASE_TABLE;
  const key = keyOf(table, config, pack);
  if (key === null)
    throw new CurationError('CONFIG_INVALID', `colophon.yaml: the key of the table ${table} is not known`, {
      suggestions: [`Name it: tables: {${table}: {key: COLUMN}}`],
    });
  const names = new Set([...columns.keys(), ...(pack?.tables.keys() ?? [])]);
  const lineage = [...names].map((name) => ({ table: name, key: keyOf(name, config, pack), links: linksOf(name, table, config, pack, columns.get(name) ?? []) }));
  return { cases: { table, key }, lineage };
}

/** The rules by which the catalog accepts cases and links images to them. */
export function caseRules(config: Config, context: CaseContext, withdrawals: readonly Withdrawal[]): CaseRules {
  const { cases } = context;
  if (cases === null) return { cases, link: null, accept: null, withdrawals };
  const [linkTable, linkColumn] = splitName(config.link?.patient_id ?? `${cases.table}.${cases.key}`);
  const link = { table: linkTable, column: linkColumn, key: caseColumn(linkTable, context, config, 'link.patient_id') };
  const accept = config.accept === undefined ? null : { ...config.accept, key: caseColumn(config.accept.table, context, config, 'accept.table') };
  return { cases, link, accept, withdrawals };
}

/** Column that DICOM PatientID meets: two cases with one value are one patient; null when PatientID is the case. */
export function patientLink(config: Config, context: CaseContext): { table: string; column: string } | null {
  const { link } = caseRules(config, context, []);
  return link === null ? null : { table: link.table, column: link.column };
}

/** The column of a table that holds the key of a case. */
function caseColumn(table: string, { cases, lineage }: CaseContext, config: Config, where: string): string {
  if (cases?.table === table) return cases.key;
  const found = lineage.find((entry) => entry.table === table);
  const direct = config.tables?.[table]?.case ?? found?.links.find(({ target }) => target === cases?.table)?.column;
  if (direct !== undefined) return direct;
  const guess = nearMiss(table, lineage.map((entry) => entry.table));
  const suggestion = found === undefined && guess !== undefined ? `Did you mean the table ${guess}?` : `Name the column that holds the case: tables: {${table}: {key: COLUMN, case: COLUMN}}`;
  throw new CurationError('CONFIG_INVALID', `colophon.yaml: ${where}: it is not known which column of the table ${table} holds the case`, { suggestions: [suggestion] });
}

function linkedTable(config: Config): string | undefined {
  return config.link === undefined ? undefined : splitName(config.link.patient_id)[0];
}

/** `table.column`; the column may hold dots of its own. */
function splitName(name: string): [string, string] {
  const dot = name.indexOf('.');
  if (dot <= 0 || dot === name.length - 1)
    throw new CurationError('CONFIG_INVALID', `colophon.yaml: link.patient_id: expected \`table.column\`, found \`${name}\``);
  return [name.slice(0, dot), name.slice(dot + 1)];
}

function keyOf(table: string, config: Config, pack: SchemaPack | null): string | null {
  return config.tables?.[table]?.key ?? pack?.tables.get(table)?.key ?? null;
}

function linksOf(table: string, caseTable: string, config: Config, pack: SchemaPack | null, columns: readonly string[]): TableLineage['links'] {
  const named = config.tables?.[table]?.case;
  const own = named === undefined ? [] : [{ column: named, target: caseTable }];
  const schema = pack?.tables.get(table);
  const links = (schema?.links ?? [])
    .filter(({ column, target, targetKey }) => columns.includes(column) && targetKey === keyOf(target, config, pack))
    .map(({ column, target, multiplicity }) => ({ column, target, ...(multiplicity === 'many_to_many' ? { separator: schema?.listSeparator ?? ',' } : {}) }));
  return [...own, ...links];
}
