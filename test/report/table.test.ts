import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeText, shortenText } from '../../src/report/escape.js';
import { renderQuery } from '../../src/report/query-text.js';
import { renderTable } from '../../src/report/table.js';

test('controls, bidi marks and invisible characters of data never reach the terminal', () => {
  expect(escapeText('a\u001B[31mred\u0000\r\nb\u202Ec\u200Bd\u009Be\uD800')).toBe('a\\u{1b}[31mred\\u{0}\\u{d}\\u{a}b\\u{202e}c\\u{200b}d\\u{9b}e\\u{d800}');
  expect(escapeText('Müller 山田 😀')).toBe('Müller 山田 😀');
  fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => !/[\u0000-\u001F\u007F-\u009F\u202A-\u202E\u200B-\u200F\uFEFF]/.test(escapeText(text))));
});

test('a long cell is cut with an ellipsis', () => {
  expect(shortenText('abcdef', 6)).toBe('abcdef');
  expect(shortenText('abcdefg', 6)).toBe('abcde…');
});

test('columns are aligned, numbers to the right, wide characters counted twice', () => {
  expect(renderTable([{ title: 'name' }, { title: 'n', align: 'right' }], [['山田', '5'], ['bob\n', '12']])).toEqual([
    'name       n',
    '────────  ──',
    '山田       5',
    'bob\\u{a}  12',
  ]);
});

test('a query result is a table with its number of rows', () => {
  const text = renderQuery({ columns: ['part', 'cases'], rows: [{ part: 'open', cases: 8 }, { part: null, cases: 12 }] });
  expect(text.split('\n')).toEqual(['part  cases', '────  ─────', 'open      8', '         12', '2 rows']);
  expect(renderQuery({ columns: ['x'], rows: [] }).split('\n').at(-1)).toBe('0 rows');
});

test('as many rows as a query may give', () => {
  const rows = Array.from({ length: 200_000 }, (_, row) => [String(row)]);
  expect(renderTable([{ title: 'n', align: 'right' }], rows).at(-1)).toBe('199999');
});
