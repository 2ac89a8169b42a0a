import type { TableSchema } from '../model/clinical.js';
import { isCode, type Code } from './codes.js';

type Json = Record<string, unknown>;

/** Rules that standard keywords stand for unless the schema names another one (`x-rule`); as the row validator has it. */
const KEYWORD_CODES: readonly (readonly [string, Code])[] = [
  ['enum', 'SCH-007'],
  ['const', 'SCH-007'],
  ['pattern', 'SCH-006'],
  ['not', 'SCH-006'],
  ['format', 'SCH-006'],
  ['x-check-digit', 'SCH-017'],
  ['x-latest-year', 'SCH-008'],
  ['minimum', 'SCH-008'],
  ['maximum', 'SCH-008'],
  ['minLength', 'SCH-008'],
  ['maxLength', 'SCH-008'],
  ['minItems', 'SCH-008'],
  ['maxItems', 'SCH-008'],
];

/** The rules that rows with these columns are held to: what the coverage of a run counts. */
export function judgedCodes(schema: TableSchema, columns: readonly string[]): Set<Code> {
  const codes = new Set<Code>();
  const properties = (schema.json['properties'] ?? {}) as Record<string, Json>;
  for (const name of columns) if (Object.hasOwn(properties, name)) addColumnCodes(properties[name] as Json, codes);
  if (((schema.json['required'] ?? []) as string[]).some((name) => columns.includes(name))) codes.add('SCH-004');
  const dependent = Object.entries((schema.json['dependentSchemas'] ?? {}) as Record<string, Json>).filter(([name]) => columns.includes(name));
  for (const rule of [...((schema.json['allOf'] ?? []) as Json[]), ...dependent.map(([, value]) => value)]) {
    const column = rule['x-column'];
    if (typeof column !== 'string' || columns.includes(column)) addRule(rule, codes);
  }
  return codes;
}

function addColumnCodes(column: Json, codes: Set<Code>): void {
  const types = [column['type']].flat();
  if (types.some((type) => type !== undefined && type !== 'string' && type !== 'null')) codes.add('SCH-006');
  if (column['x-known'] !== undefined) codes.add('SCH-018');
  for (const [keyword, code] of KEYWORD_CODES) {
    if (column[keyword] === undefined) continue;
    if (!addRule(column, codes)) codes.add(code);
  }
  if (typeof column['items'] === 'object' && column['items'] !== null) addColumnCodes(column['items'] as Json, codes);
}

/** Adds the rule that a schema names; false when it names none. */
function addRule(schema: Json, codes: Set<Code>): boolean {
  const rule = schema['x-rule'];
  if (typeof rule !== 'string') return false;
  if (isCode(rule)) codes.add(rule);
  return true;
}
