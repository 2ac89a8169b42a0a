import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldText } from '../../src/text/fold.js';
import { createUnremembered } from '../../src/text/scan.js';
import { TEXT_POLICY } from '../support/text-scanner.js';

const scan = createUnremembered({ ...TEXT_POLICY, institutions: ['aaaaab', 'Mercy General'] });
const MEGABYTE = 1_000_000;
/** Of these a whole megabyte; of the others a part of one. */
const WHOLE = new Set(['a', '1', '^', '(', ' ', '/', '1 ', 'SMITH ', 'no ', '1.']);

/** What makes a rule look around, or a reader go on. */
const PIECES = [
  'a', '1', '^', '(', ' ', '(1', '1.', '1-', '1 ', 'a@', '@', '::', '1:', 'a:', '\\', '/', '/home/', 'SMITH ', 'SMITH^', 'SMITH, ', 'Dr. ', 'J. ', 'van ', 'patient: ', 'MRN ', 'MRN#-', 'no ', 'aB', 'l', "O'", 'é', '王', 'а', 'аa',
  '\u200b', '%20', 'Hospital of ', '12 Main ', 'rue a ', '3 May ', '+1 ', 'a1', 'A0', 'a.com', '00:', 'ff-', 'San ', 'ninety ', '\ud800', '\ufffd',
];

describe('hostile text', () => {
  // Every rule looks at most a fixed number of tokens around the one that called it, and every run is read once: so the
  // work grows with the length. A quadratic step would take minutes on one of these.
  test('a megabyte of anything that repeats is read to its end', () => {
    for (const piece of PIECES) {
      const text = piece.repeat(Math.ceil((WHOLE.has(piece) ? MEGABYTE : MEGABYTE / 10) / piece.length));
      expect(scan(text).length).toBeLessThanOrEqual(160);
    }
  }, 60_000);

  test('what stands at the end of a megabyte is found', () => {
    for (const piece of ['a ', '1 ', '(', ' ', '/']) expect(scan(`${piece.repeat(400_000)} SMITH^JOHN`).map(({ code }) => code)).toContain('DID-040');
  });

  test('every hit lies in the text, and a second scan gives the same', () => {
    const word = fc.constantFrom(...PIECES, 'SMITH^JOHN', '2020-01-31', '１２３', 'Müller, Jürgen', '94 y/o', 'jane@site.org', '\r\n');
    fc.assert(
      fc.property(fc.array(fc.oneof(word, fc.string({ unit: 'binary', maxLength: 6 })), { maxLength: 20 }), fc.constantFrom('description', 'name', 'free-text', 'cell', 'path', 'bytes'), (words, kind) => {
        const text = words.join('');
        const hits = scan(text, { kind });
        expect(scan(text, { kind })).toEqual(hits);
        for (const { start, end } of hits) {
          expect(start).toBeGreaterThanOrEqual(0);
          expect(end).toBeGreaterThan(start);
          expect(end).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('folding leaves ASCII as it is, and keeps offsets in order', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => foldText(text).text === text));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const { text: folded, origin } = foldText(text);
        if (origin === null) return;
        expect(origin.length).toBe(folded.length + 1);
        expect(origin.every((offset, at) => at === 0 || offset >= (origin[at - 1] as number))).toBe(true);
      }),
    );
  });
});
