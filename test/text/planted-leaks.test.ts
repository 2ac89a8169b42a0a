import { describe, expect, test } from '@jest/globals';
import type { ScanContext } from '../../src/text/scan.js';
import { makeScanner, textFixture } from '../support/text-scanner.js';

interface Leak {
  code: string;
  /** The form alone decides, without a list of words. */
  form: boolean;
  context: ScanContext;
  text: string;
}

const scan = makeScanner();
const leaks = textFixture('planted-leaks.tsv').map(([code = '', form, kind, text = '']): Leak => {
  return { code, form: form === 'form', context: { kind: kind as ScanContext['kind'] }, text };
});

const isFound = ({ code, context, text }: Leak): boolean => scan(text, context).some((hit) => hit.code === code);

describe('planted leaks', () => {
  test('there are at least 300, of every rule', () => {
    expect(leaks.length).toBeGreaterThanOrEqual(300);
    expect(new Set(leaks.map(({ code }) => code)).size).toBe(8);
  });

  test.each([
    ['that the rules were tuned on', leaks.filter((_, index) => index % 3 !== 2)],
    ['that were held out', leaks.filter((_, index) => index % 3 === 2)],
  ])('at least 95 in 100 of those %s are found by their rule', (_name, part) => {
    const missed = part.filter((leak) => !isFound(leak));
    expect(missed.length / part.length).toBeLessThanOrEqual(0.05);
  });

  test('all whose form decides are found', () => {
    expect(leaks.filter((leak) => leak.form && !isFound(leak)).map(({ text }) => text)).toEqual([]);
  });

  test('a leak is found wherever it stands in a description', () => {
    const names = leaks.filter(({ form, context }) => form && context.kind === 'free-text');
    for (const leak of names) {
      expect([leak.text, isFound({ ...leak, text: `CT CHEST W CONTRAST; ${leak.text}` })]).toEqual([leak.text, true]);
      expect([leak.text, isFound({ ...leak, text: `${leak.text}\r\nno acute finding` })]).toEqual([leak.text, true]);
    }
  });
});
