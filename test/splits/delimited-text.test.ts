import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { formatCsvRow } from '../../src/splits/lists/csv-row.js';
import { DelimitedTextError, readDelimitedRows } from '../../src/splits/lists/delimited-text.js';

const cellsOf = (text: string) => [...readDelimitedRows(text)].map(({ cells }) => cells);

describe('rows that others wrote', () => {
  test('law: read back whatever was written, with any line end, delimiter, quotes and a byte order mark', () => {
    const cell = fc.string({ unit: fc.constantFrom('a', 'é', '"', ',', ';', '\t', '\n', ' ', '\r\n') });
    const rows = fc.array(fc.array(cell, { minLength: 3, maxLength: 3 }), { maxLength: 8 });
    fc.assert(
      fc.property(rows, fc.constantFrom('\n', '\r\n', '\r'), fc.constantFrom(',', ';', '\t'), fc.boolean(), (table, end, delimiter, mark) => {
        const quoted = table.map((cells) => cells.map((text) => `"${text.replaceAll('"', '""')}"`).join(delimiter));
        const text = `${mark ? '\uFEFF' : ''}${[['x', 'y', 'z'].join(delimiter), ...quoted].join(end)}`;
        const kept = table.map((cells) => cells.map((each) => each.trim())).filter((cells) => cells.some((each) => each !== ''));
        expect(cellsOf(text)).toEqual([['x', 'y', 'z'], ...kept]);
      }),
    );
  });

  test('law: what we write, everybody reads', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.constantFrom('a', 'b,c', 'd"e', 'f\ng', ''), { minLength: 2, maxLength: 3 }), { maxLength: 6 }), (table) => {
        const text = [['id', 'part'], ...table].map((cells) => `${formatCsvRow(cells)}\n`).join('');
        expect(cellsOf(text)).toEqual([['id', 'part'], ...table.filter((cells) => cells.some((each) => each !== ''))]);
      }),
    );
  });

  test('count lines across quoted line feeds and empty lines', () => {
    expect([...readDelimitedRows('a,b\n\n"x\ny",z\r\nlast,one')].map(({ line, cells }) => [line, cells[0]])).toEqual([[1, 'a'], [3, 'x\ny'], [5, 'last']]);
  });

  test.each([
    ['a,b\nc,"d\ne,f\n', 2, 'a quoted cell is never closed'],
    ['a,b\n"c"d,e', 2, 'text follows a quoted cell'],
  ])('refuse %j with its line, for read on it would swallow rows', (text, line, reason) => {
    expect(() => cellsOf(text)).toThrow(expect.objectContaining({ line, reason }));
    expect(() => cellsOf(text)).toThrow(DelimitedTextError);
  });
});
