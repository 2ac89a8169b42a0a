import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DelimitedPass } from '../../src/sources/delimited-pass.js';
import { JsonPass } from '../../src/sources/json-pass.js';
import { DefectLog } from '../../src/sources/table-defect.js';

const splitter = () => ({ separator: ',', split: (text: string) => text.split(',') });

/** Cuts text between two characters at the places given, as pieces of bytes. */
function cut(text: string, places: readonly number[]): Buffer[] {
  const characters = [...text];
  const ends = [...new Set(places.map((place) => place % (characters.length + 1)))].sort((a, b) => a - b);
  return [...ends, characters.length].map((end, index) => Buffer.from(characters.slice(index === 0 ? 0 : ends[index - 1], end).join('')));
}

function run(format: 'csv' | 'tsv' | 'json' | 'ndjson', pieces: readonly Buffer[]) {
  const defects = new DefectLog();
  const written: Buffer[] = [];
  const write = (bytes: Uint8Array): void => void written.push(Buffer.from(bytes));
  const pass = format === 'csv' || format === 'tsv' ? new DelimitedPass(format === 'csv' ? ',' : '\t', defects, write) : new JsonPass(format === 'ndjson', splitter, defects, write);
  for (const piece of pieces) pass.push(piece);
  const shape = pass.end();
  return { shape, count: defects.count, defects: defects.kept, written: defects.count === 0 ? Buffer.concat(written).toString() : null };
}

const text = fc.string({ unit: fc.constantFrom('a', 'b', ',', ',', '"', '"', '\n', '\n', '\r\n', '\t', '\0', 'ü', '\u{1F600}', ';', '\ufeff'), maxLength: 40 });
const json = fc.string({ unit: fc.constantFrom('[', ']', '{"a":1}', '{"b":"x\\"}{"}', ',', '\n', '{', '}', '"', ' ', 'ü', '{"a":[1,{"c":2}]}'), maxLength: 14 });

describe('the strict pass', () => {
  test('says the same wherever the text is cut into pieces', () => {
    fc.assert(
      fc.property(text, fc.constantFrom('csv' as const, 'tsv' as const), fc.array(fc.nat(60), { maxLength: 5 }), (content, format, places) => {
        expect(run(format, cut(content, places))).toEqual(run(format, [Buffer.from(content)]));
      }),
      { numRuns: 2000 },
    );
  });

  test('over JSON too', () => {
    fc.assert(
      fc.property(json, fc.constantFrom('json' as const, 'ndjson' as const), fc.array(fc.nat(60), { maxLength: 5 }), (content, format, places) => {
        const whole = run(format, [Buffer.from(content)]);
        const pieces = run(format, cut(content, places));
        expect(pieces).toEqual(whole);
      }),
      { numRuns: 2000 },
    );
  });

  test('hands on the rows without header, byte order mark and carriage returns', () => {
    expect(run('csv', [Buffer.from('\ufeffa,"b ""x"""\r\n1,"2\r\n3"\r\n4,')])).toMatchObject({
      shape: { labels: ['a', 'b "x"'], rows: 2, filled_cells: 3, multiline: true },
      written: '1,"2\r\n3"\n4,\n',
      count: 0,
    });
  });

  test('a row that never ends is a defect', () => {
    expect(run('csv', [Buffer.from(`a,b\n1,${'x'.repeat(1 << 20)}\n`)]).defects).toMatchObject([{ code: 'SCH-001', line: 2 }]);
  });
});
