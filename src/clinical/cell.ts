import type { ColumnSchema, ScalarType } from '../model/clinical.js';

/** Decimal digits without a needless zero in front, as JSON writes integers (RFC 8259 section 6); `-0` is none. */
const INTEGER = /^(?:0|-?[1-9][0-9]{0,15})$/;

/** A JSON number (RFC 8259 section 6). */
const NUMBER = /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?$/;

/** Longest text that is read as a number: a longer run of digits says nothing that a double can hold. */
const NUMBER_CHARS_MAX = 64;

/** JSON writes the first, Python (so Gen3) the second, spreadsheets the third; all that DuckDB also casts. */
const BOOLEANS = new Map([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
]);

/**
 * The value of a cell: of the column's type when the text has that type's one form, the text itself when not (so that
 * validation reports it), undefined when the cell is empty. Nothing is trimmed and nothing guessed: `1e5`, `1,000`, `036`,
 * ` 7` and `34.0` are no integers. The values of a list are separated by `listSeparator`; a list with an empty member or
 * one that does not fit stays text.
 */
export function parseCell(text: string | null, column: ColumnSchema, listSeparator: string): unknown {
  if (text === null || text === '') return undefined;
  if (column.type === 'array') return parseList(text, column, listSeparator);
  return parseScalar(text, column.type);
}

function parseScalar(text: string, type: ScalarType): unknown {
  switch (type) {
    case 'string':
      return text;
    case 'integer': {
      if (!INTEGER.test(text)) return text;
      const value = Number(text);
      // Beyond 2^53 two texts would become one number.
      return Number.isSafeInteger(value) ? value : text;
    }
    case 'number': {
      if (text.length > NUMBER_CHARS_MAX || !NUMBER.test(text)) return text;
      const value = Number(text);
      return Number.isFinite(value) ? value : text;
    }
    case 'boolean':
      return BOOLEANS.get(text) ?? text;
  }
}

function parseList(text: string, column: ColumnSchema, separator: string): unknown {
  const type = column.items ?? 'string';
  const members = splitList(text, column, separator);
  if (type === 'string') return members.every((member) => member !== '' && member === member.trim()) ? members : text;
  const values: unknown[] = [];
  for (const member of members) {
    const value = parseScalar(member, type);
    if (typeof value === 'string') return text;
    values.push(value);
  }
  return values;
}

/**
 * The members of a list cell. An allowed value that itself holds the separator (MIDRC has such: `..., Doppler traces,...`)
 * is one member, longest first.
 */
export function splitList(text: string, column: ColumnSchema, separator: string): string[] {
  const holding = (column.enum ?? []).filter((value) => value.includes(separator));
  if (holding.length === 0) return text.split(separator);
  holding.sort((a, b) => b.length - a.length);
  const members: string[] = [];
  let at = 0;
  for (;;) {
    const whole = holding.find((value) => text.startsWith(value, at) && endsMember(text, at + value.length, separator));
    const next = whole === undefined ? text.indexOf(separator, at) : at + whole.length;
    const end = next === -1 ? text.length : next;
    members.push(text.slice(at, end));
    if (end === text.length) return members;
    at = end + separator.length;
  }
}

function endsMember(text: string, end: number, separator: string): boolean {
  return end === text.length || text.startsWith(separator, end);
}
