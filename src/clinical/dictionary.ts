import type { ColumnSchema, ScalarType, TableSchema } from '../model/clinical.js';
import type { DictionaryColumn, DictionaryLink, DictionaryValue } from '../model/dictionary.js';

/** A column as the release carries it. */
export interface CarriedColumn {
  name: string;
  /** DuckDB type. */
  sqlType: string;
}

/**
 * What a column of a clinical table means, by its schema. A column that no schema knows has its type and nothing else: a
 * description that nobody wrote is not made up.
 * @param schema of the table; undefined when no pack has one
 * @param key column that names the rows; null when none does
 * @param carried clinical tables of the release, which links may lead to
 */
export function describeSchemaColumn({ name, sqlType }: CarriedColumn, schema: TableSchema | undefined, key: string | null, carried: ReadonlySet<string>): DictionaryColumn {
  const column = schema?.columns.find((candidate) => candidate.name === name);
  const link = schema?.links.find((candidate) => candidate.column === name);
  return {
    ...plainColumn({ name, sqlType }),
    description: column?.description ?? null,
    unit: column?.unit ?? null,
    required: column?.required ?? false,
    missing: column?.missing ?? missingRule(sqlType, column?.required ?? false),
    enum: column?.enum ?? null,
    values: column === undefined ? null : describeValues(column),
    known: column?.known ?? null,
    form: column?.form ?? null,
    minimum: column?.minimum ?? null,
    maximum: column?.maximum ?? null,
    dicom_tag: column?.dicomTag ?? null,
    key: name === key,
    link: link === undefined ? null : describeLink(link, carried),
  };
}

/** A column of which nothing is known but its name and type. */
export function plainColumn({ name, sqlType }: CarriedColumn): DictionaryColumn {
  const list = sqlType.endsWith('[]');
  const scalar = scalarType(list ? sqlType.slice(0, -2) : sqlType);
  return {
    column: name,
    description: null,
    type: list ? 'array' : scalar,
    items: list ? scalar : null,
    sql_type: sqlType,
    unit: null,
    required: false,
    missing: missingRule(sqlType, false),
    enum: null,
    values: null,
    known: null,
    form: null,
    minimum: null,
    maximum: null,
    dicom_tag: null,
    key: false,
    link: null,
  };
}

/** The JSON Schema type of the values of a DuckDB type; whatever has no other is text. */
function scalarType(sqlType: string): ScalarType | 'date' | 'datetime' {
  if (/^U?(?:BIG|HUGE|SMALL|TINY)?INT(?:EGER)?$/.test(sqlType)) return 'integer';
  if (/^(?:DOUBLE|FLOAT|DECIMAL.*)$/.test(sqlType)) return 'number';
  if (sqlType === 'BOOLEAN') return 'boolean';
  if (sqlType === 'DATE') return 'date';
  return sqlType.startsWith('TIMESTAMP') ? 'datetime' : 'string';
}

function missingRule(sqlType: string, required: boolean): string {
  const unfit = sqlType === 'VARCHAR' || sqlType === 'DATE' ? '' : ', or one with a value that is not of this type';
  if (required) return `The schema asks for a value; NULL only where the gate accepted an empty cell${unfit}.`;
  return `NULL: an empty cell${unfit}.`;
}

/** Values with a meaning or a code, in the order of the enumeration, then those that only have a meaning. */
function describeValues({ enum: allowed = [], meanings, dicomTag, dicomValues }: ColumnSchema): DictionaryValue[] | null {
  const codes = new Map<string, string[]>();
  for (const [header, cells] of dicomValues ?? []) for (const cell of cells) codes.set(cell, [...(codes.get(cell) ?? []), header]);
  // without a tag the codes are those of a context group of PS3.16, whose coding scheme is DCM
  const system = dicomTag === undefined ? 'DCM' : `DICOM (${dicomTag.slice(0, 4)},${dicomTag.slice(4)})`;
  const named = [...new Set([...allowed, ...(meanings?.keys() ?? []), ...codes.keys()])];
  const values = named.map((value) => ({
    value,
    meaning: meanings?.get(value) ?? null,
    // an empty code is an absent attribute: no code at all
    codes: (codes.get(value) ?? []).filter((code) => code !== '').map((code) => ({ system, code })),
  }));
  return values.some(({ meaning, codes: known }) => meaning !== null || known.length > 0) ? values : null;
}

function describeLink({ target, targetKey, multiplicity }: TableSchema['links'][number], carried: ReadonlySet<string>): DictionaryLink {
  return { table: target, column: targetKey, multiplicity, resource: carried.has(target) ? `clinical_${target}` : null };
}
