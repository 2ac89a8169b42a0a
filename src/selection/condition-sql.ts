import { quoteIdentifier, quoteLiteral } from '../catalog/quoting.js';
import type { Condition, Literal, Test } from './expression.js';
import { faultAt } from './fault.js';
import type { ColumnShape, ColumnType } from './table-shapes.js';

const WANTED: Record<ColumnType, string> = {
  text: 'text in single quotes',
  number: 'a number without quotes',
  boolean: 'true or false',
  date: "a day, '2026-01-31'",
  time: "a day, '2026-01-31', or a time, '2026-01-31 12:00:00'",
  other: 'null or not null: its values cannot be compared',
};

/**
 * A test of one cell of a row as SQL over the row's table: true, or false and never NULL. Of a list, one value has to pass.
 * `is null` is asked as `is not null`: whoever asks turns the answer round.
 * @throws {CurationError} USAGE: a value of another type than the column
 */
export function cellSql(text: string, { column: written, test }: Condition, column: ColumnShape): string {
  const cell = quoteIdentifier(column.name);
  if (test.kind === 'null') return column.list ? `coalesce(len(list_filter(${cell}, lambda v: v IS NOT NULL)) > 0, false)` : `${cell} IS NOT NULL`;
  if (column.type === 'other') throw faultAt(text, written, `${column.name} holds structures, which are not compared.`, { expected: 'is null or is not null' });
  if (test.kind === 'like' && column.type !== 'text') throw faultAt(text, written, `${column.name} is no text: like is for text only.`);
  const values = (test.kind === 'in' ? test.values : [test.kind === 'like' ? test.pattern : test.value]).map((literal) => valueSql(text, literal, column));
  return column.list ? `coalesce(len(list_filter(${cell}, lambda v: coalesce(${testSql('v', test, values)}, false))) > 0, false)` : `coalesce(${testSql(cell, test, values)}, false)`;
}

function testSql(cell: string, test: Exclude<Test, { kind: 'null' }>, values: readonly string[]): string {
  if (test.kind === 'compare') return `${cell} ${test.comparison} ${values[0]}`;
  const operator = test.kind === 'in' ? 'IN' : test.anyCase ? 'ILIKE' : 'LIKE';
  return `${cell} ${test.negated ? 'NOT ' : ''}${operator} ${test.kind === 'in' ? `(${values.join(', ')})` : values[0]}`;
}

function valueSql(text: string, literal: Literal, { name, type }: ColumnShape): string {
  const value = asSql(literal, type);
  if (value !== null) return value;
  const quoted = type === 'text' && literal.kind === 'number' ? [`If it is meant as text: '${literal.value}'.`] : [];
  throw faultAt(text, literal, `${name} is not compared with this.`, { expected: WANTED[type], suggestions: quoted });
}

/** Null when a column of the type holds no such value. */
function asSql({ kind, value }: Literal, type: ColumnType): string | null {
  if (type === 'text') return kind === 'text' ? quoteLiteral(value) : null;
  if (type === 'boolean') return kind === 'boolean' ? value : null;
  if (type === 'number') return kind === 'number' ? numberSql(value) : null;
  if (kind !== 'text' || !isTime(value, type === 'time')) return null;
  return `${type === 'date' ? 'DATE' : 'TIMESTAMP'} ${quoteLiteral(value.replace('T', ' '))}`;
}

/** A whole number that is exact as it is, and a DOUBLE otherwise, as statistics are. */
function numberSql(value: string): string {
  return /^[+-]?\d{1,18}$/.test(value) ? `${quoteLiteral(value)}::BIGINT` : `${quoteLiteral(value)}::DOUBLE`;
}

function isTime(value: string, withTime: boolean): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})([ T]\d{2}:\d{2}(?::\d{2})?)?$/.exec(value);
  if (match === null || (match[2] !== undefined && !withTime)) return false;
  const iso = `${match[1]}T${match[2]?.slice(1) ?? '00:00'}Z`;
  return !Number.isNaN(Date.parse(iso)) && new Date(`${match[1]}T00:00Z`).toISOString().startsWith(match[1]!);
}
