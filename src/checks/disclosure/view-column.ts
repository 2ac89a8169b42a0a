import type { ColumnSchema } from '../../model/clinical.js';
import type { QuasiIdentifier } from '../../model/policy.js';
import type { CheckInput, ClinicalTable } from '../check.js';
import { identifier, literal } from '../sql.js';

/** Between the members of a set: of a list, or of the values of a case that has several. */
export const SET_SEPARATOR = ' | ';

/** A column of the public view: of the case table, or of another table whose rows belong to cases. */
export interface ViewColumn {
  /** As the policy names it. */
  name: string;
  table: ClinicalTable;
  column: string;
  /** Null when no schema knows the column. */
  schema: ColumnSchema | null;
  /** Width of the classes of a number; null: numbers are compared exactly. */
  width: number | null;
  /** Leading characters that are compared; null: all. */
  prefix: number | null;
}

/** Finds a column: of the case table, else `table.column`, where both may hold dots; null when there is none. */
export function findColumn(input: CheckInput, { column: name, width, prefix }: QuasiIdentifier): ViewColumn | null {
  const form = { name, width: width ?? null, prefix: prefix ?? null };
  const own = input.tables.find(({ role }) => role === 'case');
  if (own?.columns.includes(name) === true) return { ...form, table: own, column: name, schema: schemaOf(own, name) };
  for (let dot = name.indexOf('.'); dot > 0; dot = name.indexOf('.', dot + 1)) {
    const column = name.slice(dot + 1);
    const table = input.tables.find((each) => each.name === name.slice(0, dot) && each.role !== 'other' && each.columns.includes(column));
    if (table !== undefined) return { ...form, table, column, schema: schemaOf(table, column) };
  }
  return null;
}

/** What the schema says of a column; null when no schema knows it. */
export function schemaOf(table: ClinicalTable, column: string): ColumnSchema | null {
  return table.schema?.columns.find(({ name }) => name === column) ?? null;
}

/** Whether the schema holds the values to numbers. */
export function isNumeric(schema: ColumnSchema | null): boolean {
  return schema?.type === 'number' || schema?.type === 'integer';
}

/**
 * SQL of a cell in one form, NULL when it is empty: numbers as DuckDB prints doubles, or the lower end of their class;
 * lists sorted, each member once; texts trimmed, or their leading characters.
 * @param relation Alias of the relation whose column holds the cell.
 * @param type SQL type of that column; text when absent.
 */
export function cellSql(column: ViewColumn, relation: string, type = 'VARCHAR'): string {
  const cell = `${relation}.${identifier(column.column)}`;
  if (type.endsWith('[]')) return `nullif(${joinedSet(`${cell}::VARCHAR[]`)}, '')`;
  const text = `nullif(trim(${cell}::VARCHAR), '')`;
  const { width, prefix, schema } = column;
  if (schema?.type === 'array') return `nullif(${joinedSet(`string_split(${text}, ${literal(column.table.schema?.listSeparator ?? ',')})`)}, '')`;
  if (width !== null || isNumeric(schema)) return numberSql(text, width);
  if (schema?.type === 'boolean') return `lower(${text})`;
  return prefix === null ? text : `left(${text}, ${prefix})`;
}

function joinedSet(list: string): string {
  return `array_to_string(list_sort(list_distinct(list_filter(list_transform(${list}, lambda member: trim(member)), lambda member: member <> ''))), '${SET_SEPARATOR}')`;
}

/** What is no number stays as it is: a class of its own. */
function numberSql(text: string, width: number | null): string {
  const number = `TRY_CAST(${text} AS DOUBLE)`;
  // A sum with 0 makes 0 of -0; the small addend keeps 0.3 of width 0.1 out of the class below.
  const value = width === null ? `${number} + 0.0` : `floor(${number} / ${width} + 1e-9) * ${width} + 0.0`;
  return `CASE WHEN isfinite(${number}) THEN (${value})::VARCHAR ELSE ${text} END`;
}
