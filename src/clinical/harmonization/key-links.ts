import type { SchemaPack } from '../../model/clinical.js';
import type { Config } from '../../model/config.js';

export interface KeyColumn {
  table: string;
  column: string;
}

/** A column that holds keys of another table. */
export interface KeyLink extends KeyColumn {
  key: KeyColumn;
  /** The cell lists several keys, separated by this. */
  separator?: string;
}

/** The table with one row a case, unless the configuration names another. */
const DEFAULT_CASE_TABLE = 'case';

/** Every column that holds a key, by the schema pack and by `tables` of colophon.yaml. */
export function keyLinks({ link, tables = {} }: Pick<Config, 'link' | 'tables'>, pack: SchemaPack | null): KeyLink[] {
  const declared = [...(pack?.tables.values() ?? [])].flatMap(({ table, links, listSeparator }) =>
    links.map(({ column, target, targetKey, multiplicity }) => ({
      table,
      column,
      key: { table: target, column: targetKey },
      ...(multiplicity === 'many_to_many' || multiplicity === 'one_to_many' ? { separator: listSeparator } : {}),
    })),
  );
  const caseTable = link?.patient_id.split('.')[0] ?? DEFAULT_CASE_TABLE;
  const key = tables[caseTable]?.key ?? pack?.tables.get(caseTable)?.key;
  const own = Object.entries(tables).flatMap(([table, { case: column }]) => (column === undefined || key === undefined || table === caseTable ? [] : [{ table, column, key: { table: caseTable, column: key } }]));
  return [...own, ...declared.filter(({ table, column }) => !own.some((each) => each.table === table && each.column === column))];
}

/** The column that DICOM PatientID meets; null without a key. */
export function patientColumn({ link, tables = {} }: Pick<Config, 'link' | 'tables'>, pack: SchemaPack | null): KeyColumn | null {
  if (link !== undefined) {
    const dot = link.patient_id.indexOf('.');
    return { table: link.patient_id.slice(0, dot), column: link.patient_id.slice(dot + 1) };
  }
  const key = tables[DEFAULT_CASE_TABLE]?.key ?? pack?.tables.get(DEFAULT_CASE_TABLE)?.key;
  return key === undefined ? null : { table: DEFAULT_CASE_TABLE, column: key };
}
