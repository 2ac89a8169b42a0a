import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { MultipartError, MultipartReader } from '../../../src/sources/dicomweb/multipart-reader.js';

interface Part {
  headers: [string, string][];
  body: string;
}

/** Reads a body that comes in pieces cut at `cuts` (offsets, in any order); bodies as latin1. */
function read(body: Buffer, boundary: string, cuts: number[] = []): Part[] {
  const reader = new MultipartReader(boundary);
  const parts: Part[] = [];
  const places = [0, ...cuts.map((cut) => cut % (body.length + 1)).sort((a, b) => a - b), body.length];
  for (let at = 1; at < places.length; at++) {
    for (const event of reader.push(body.subarray(places[at - 1], places[at]))) {
      if (event.kind === 'part') parts.push({ headers: [...event.headers], body: '' });
      else parts.at(-1)!.body += event.bytes.toString('latin1');
    }
  }
  reader.finish();
  return parts;
}

const latin1 = (text: string): Buffer => Buffer.from(text, 'latin1');
const each = (text: string): number[] => Array.from({ length: text.length }, (_, at) => at);

describe('bodies that are well formed', () => {
  const text = 'preamble\r\n--b\r\nContent-Type: application/dicom\r\ncontent-length: 3\r\n\r\nabc\r\n--b \t\r\n\r\n\r\n--c\r\n--b--\r\nepilogue --b';

  test('give headers and bytes of every part, whether whole or byte by byte', () => {
    const expected = [
      { headers: [['content-type', 'application/dicom'], ['content-length', '3']], body: 'abc' },
      { headers: [], body: '\r\n--c' },
    ];
    expect(read(latin1(text), 'b')).toEqual(expected);
    expect(read(latin1(text), 'b', each(text))).toEqual(expected);
  });

  test('may begin with the boundary, and end with it', () => expect(read(latin1('--b\r\n\r\nx\r\n--b--'), 'b')).toEqual([{ headers: [], body: 'x' }]));

  test.each(['--b\r\nA: 1\r\n\r\n--b--', '--b\r\nA: 1\r\n\r\n\r\n--b--'])('may hold a part without a byte: %j', (body) => {
    expect(read(latin1(body), 'b')).toEqual([{ headers: [['a', '1']], body: '' }]);
    expect(read(latin1(body), 'b', each(body))).toEqual([{ headers: [['a', '1']], body: '' }]);
  });

  test('keep what only looks like their boundary', () => {
    const inside = '\r\n--bb\r\n\r\n-b\r\n--b-\r\r\n--b x\r\n--';
    expect(read(latin1(`--b\r\n\r\n${inside}\r\n--b--`), 'b')).toEqual([{ headers: [], body: inside }]);
  });

  test('fold headers over lines, and count the first of two', () => {
    expect(read(latin1('--b\r\nA: 1;\r\n  x=2\r\na: 3\r\nnonsense\r\n\r\n\r\n--b--'), 'b')[0]?.headers).toEqual([['a', '1; x=2']]);
  });
});

describe('bodies that are not', () => {
  test.each([
    ['--b\r\n\r\nabc', 'ends before its closing boundary'],
    ['--b\r\n\r\nabc\r\n--b', 'ends before its closing boundary'],
    ['--b\r\n\r\nabc\r\n--b-', 'ends before its closing boundary'],
    ['--b\r\nA: 1', 'ends before its closing boundary'],
    ['<html></html>', 'holds no part'],
    ['', 'holds no part'],
    ['x'.repeat(70_000), 'holds no boundary in its first 65536 bytes'],
    [`--b\r\n${'A: 1\r\n'.repeat(4000)}`, 'holds a part whose headers exceed 16384 bytes'],
  ])('are refused: %.20j', (body, reason) => {
    expect(() => read(latin1(body), 'b')).toThrow(new MultipartError(reason));
    expect(() => read(latin1(body), 'b', [7, 40_000])).toThrow(new MultipartError(reason));
  });

  test.each(['', 'x ', 'a\r\nb', 'ä', 'x'.repeat(201)])('declare a boundary that cannot be one: %.10j', (boundary) => {
    expect(() => new MultipartReader(boundary)).toThrow(MultipartError);
  });
});

describe('any body of parts', () => {
  // Bytes out of which boundaries are made come often, so that what looks like one comes often as well.
  const bytes = fc.array(fc.constantFrom('\r', '\n', '-', 'b', '\r\n--b', '\r\n--', 'x', '\x00', '\xff', ' '), { maxLength: 40 }).map((signs) => signs.join(''));
  const boundary = fc.constantFrom('b', 'bb', 'b-b', '--b');

  test('comes apart into the same parts however it is cut', () => {
    const law = fc.property(boundary, fc.array(bytes, { minLength: 1, maxLength: 4 }), bytes, fc.array(fc.nat(), { maxLength: 30 }), (name, contents, epilogue, cuts) => {
      // What holds the boundary as a line cannot be sent with it.
      const line = new RegExp(`\\r\\n--${name}(?:--|[ \\t]*\\r\\n|[ \\t]*$|-$)`);
      fc.pre(contents.every((content) => !line.test(`\r\n${content}\r\n`.slice(0, -2)) && !line.test(`${content}\r\n--${name}`.slice(0, -name.length - 4))));
      const body = latin1(`${contents.map((content) => `\r\n--${name}\r\nN: v\r\n\r\n${content}`).join('')}\r\n--${name}--${epilogue}`);
      const whole = read(body, name);
      expect(whole.map((part) => part.body)).toEqual(contents);
      expect(read(body, name, cuts)).toEqual(whole);
      expect(read(body, name, each(body.toString('latin1')))).toEqual(whole);
    });
    fc.assert(law, { numRuns: 2000 });
  });

  test('never crashes: it is read, or refused', () => {
    fc.assert(
      fc.property(bytes, bytes, fc.array(fc.nat(), { maxLength: 10 }), (head, rest, cuts) => {
        const outcome = (places: number[]): unknown => {
          try {
            return read(latin1(`${head}\r\n--b\r\n${rest}`), 'b', places);
          } catch (error) {
            if (!(error instanceof MultipartError)) throw error;
            return error.message;
          }
        };
        expect(outcome(cuts)).toEqual(outcome([]));
      }),
      { numRuns: 2000 },
    );
  });
});
