import type { ColumnSchema, RowDefect, TableSchema } from '../model/clinical.js';
import { nearMiss } from '../model/near-miss.js';
import { requiredBranches } from './row-validator.js';

/** A header held against its schema. */
export interface HeaderCheck {
  /** For each label of the header its column; null where the schema has none. */
  columns: (ColumnSchema | null)[];
  /** Unknown columns (SCH-005), and required ones that the whole table lacks (SCH-004). */
  defects: RowDefect[];
}

/**
 * The column name that a label of a header stands for: submission templates of Gen3 mark required columns with a star
 * (`*submitter_id`), which is no part of the name.
 */
export function columnName(label: string): string {
  return label.startsWith('*') ? label.slice(1) : label;
}

/** Holds a header against its schema, so that what concerns the whole table is said once and not in every row. */
export function checkHeader(schema: TableSchema, header: readonly string[]): HeaderCheck {
  const byName = new Map(schema.columns.map((column) => [column.name, column]));
  const names = header.map(columnName);
  const columns = names.map((name) => byName.get(name) ?? null);
  const unknown = schema.json['additionalProperties'] === false ? names.filter((name) => !byName.has(name)) : [];
  return { columns, defects: [...unknown.map((name) => unknownColumn(schema, name)), ...missingColumns(schema, new Set(names))] };
}

function unknownColumn(schema: TableSchema, name: string): RowDefect {
  return { code: 'SCH-005', column: name, message: `The schema of ${schema.table} has no column of this name`, ...unknownHint(schema, name) };
}

function unknownHint(schema: TableSchema, name: string): { hint?: string } {
  const names = schema.columns.map((column) => column.name);
  // Gen3 exports number the columns of a link to many rows: datasets.submitter_id#1, datasets.submitter_id#2, ...
  const numbered = /^(.+)#[0-9]+$/.exec(name)?.[1];
  if (numbered !== undefined && names.includes(numbered))
    return { hint: `Join the numbered columns into one column ${numbered}, its values separated by ${JSON.stringify(schema.listSeparator)}.` };
  const near = nearMiss(name, names);
  return near === undefined ? {} : { hint: `Did you mean ${near}?` };
}

function missingColumns(schema: TableSchema, names: ReadonlySet<string>): RowDefect[] {
  const single = schema.columns.filter((column) => column.required && !names.has(column.name)).map((column) => missing(schema, column.name));
  const rules = Array.isArray(schema.json['allOf']) ? (schema.json['allOf'] as Record<string, unknown>[]) : [];
  const groups = rules.flatMap((rule) => {
    const branches = requiredBranches(rule);
    if (branches === null || branches.some((branch) => branch.every((name) => names.has(name)))) return [];
    const column = typeof rule['x-column'] === 'string' ? rule['x-column'] : (branches[0]?.[0] ?? '');
    return [{ ...missing(schema, column), expected: branches.map((branch) => branch.join(' and ')).join(', or ') }];
  });
  return [...single, ...groups];
}

function missing(schema: TableSchema, column: string): RowDefect {
  return { code: 'SCH-004', column, message: `The table ${schema.table} has no column ${column}, which is required` };
}
