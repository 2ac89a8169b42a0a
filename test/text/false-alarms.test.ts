import { describe, expect, test } from '@jest/globals';
import type { ScanContext } from '../../src/text/scan.js';
import { readFacts, readFactText } from '../../src/facts/fact-file.js';
import { makeScanner, textFixture } from '../support/text-scanner.js';

const scan = makeScanner();
/** Share of published descriptions that may give any hit, real leaks among them included. */
const BUDGET = 0.02;

function alarms(texts: Iterable<string>, context: ScanContext): string[] {
  return [...new Set(texts)].filter((text) => scan(text, context).length > 0);
}

describe('texts without a leak', () => {
  test.each(textFixture('ordinary-texts.txt'))('%s: %s', (kind, text) => {
    expect(scan(text ?? '', { kind: kind as ScanContext['kind'] })).toEqual([]);
  });

  test('published study descriptions keep the budget, warnings counted', () => {
    const descriptions = new Set(textFixture('published-study-descriptions.tsv').slice(1).map(([, text]) => text ?? ''));
    expect(descriptions.size).toBeGreaterThan(1200);
    const found = alarms(descriptions, { kind: 'description' });
    expect(found.length / descriptions.size).toBeLessThanOrEqual(BUDGET);
    // What is found there are names of sites and people that were published.
    expect(found.filter((text) => !/GREENSBORO|DANIELS|WAKE FOREST/.test(text))).toEqual([]);
  });

  test('long names of LOINC give none', () => {
    const lines = readTable('study-description-loinc.tsv');
    expect(alarms(lines.map((cells) => cells[3] ?? ''), { kind: 'cell' })).toEqual([]);
  });

  test('values and descriptions that the standard names give none but four calendars', () => {
    const values = new Set<string>();
    collectValues(readFacts<unknown>('dicom-iod-modules.json'), values);
    expect(values.size).toBeGreaterThan(1000);
    expect(alarms(values, { kind: 'description' }).filter((value) => !/JULIAN|REGNAL|GREGN/.test(value))).toEqual([]);
  });
});

function readTable(file: string): string[][] {
  return readFactText(file).split('\n').slice(1).map((line) => line.split('\t'));
}

/** Defined terms and enumerated values: lists of strings in capitals. */
function collectValues(from: unknown, into: Set<string>): void {
  if (Array.isArray(from)) {
    for (const item of from) if (typeof item === 'string' && /^[A-Z][A-Z _]+$/.test(item)) into.add(item);
  }
  if (typeof from === 'object' && from !== null) for (const item of Object.values(from)) collectValues(item, into);
}
