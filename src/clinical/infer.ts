import type { ColumnSchema, TableSchema } from '../model/clinical.js';
import { parseCell } from './cell.js';

/** What a column can be inferred to be. */
export type InferredType = 'string' | 'integer' | 'number';

const INTEGER: ColumnSchema = { name: '', type: 'integer', sqlType: 'BIGINT', required: false };
const NUMBER: ColumnSchema = { name: '', type: 'number', sqlType: 'DOUBLE', required: false };

/** Decimal digits that a double always gives back as they were. */
const EXACT_DIGITS = 15;

/**
 * The narrowest type that every value of a column fits in its one form (see parseCell): so a leading zero, a blank, a
 * thousands separator or more digits than a double holds anywhere makes the column text. Text when there is no value. It needs every distinct value, not a
 * sample: a guess would be silently wrong for the rest.
 */
export function inferType(values: Iterable<string | null>): InferredType {
  let type: InferredType | null = null;
  for (const value of values) {
    if (value === null || value === '') continue;
    if (typeof parseCell(value, NUMBER, ',') !== 'number') return 'string';
    if (value.replace(/[eE].*|[^0-9]/g, '').length > EXACT_DIGITS) return 'string';
    if (type !== 'number') type = typeof parseCell(value, INTEGER, ',') === 'number' ? 'integer' : 'number';
  }
  return type ?? 'string';
}

/**
 * The schema of a table that no pack describes (`schema: none`): its columns with inferred types, its key required and text.
 * Columns that name rows (`keys`: the key, links to cases) stay text whatever they look like, so that joins compare text.
 */
export function inferTable(table: string, key: string, columns: readonly { name: string; type: InferredType }[], keys: readonly string[] = []): TableSchema {
  // No JavaScript object can carry a value under __proto__, so nothing could be checked of it but that it is text.
  const text = new Set([key, ...keys, '__proto__']);
  const inferred = columns.map(({ name, type }) => inferColumn(name, text.has(name) ? 'string' : type, name === key));
  const properties = Object.fromEntries(inferred.map(({ name, type }) => [name, name === key ? { type, 'x-rule': 'SCH-010', minLength: 1, pattern: '^\\S(.*\\S)?$' } : { type }]));
  const json = { $schema: 'https://json-schema.org/draft/2020-12/schema', 'x-key': key, type: 'object', required: [key], properties };
  return { table, key, unique: [[key]], columns: inferred, links: [], listSeparator: ',', json };
}

function inferColumn(name: string, type: InferredType, required: boolean): ColumnSchema {
  return { name, type, sqlType: type === 'string' ? 'VARCHAR' : type === 'integer' ? 'BIGINT' : 'DOUBLE', required };
}
