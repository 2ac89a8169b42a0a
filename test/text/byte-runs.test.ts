import { describe, expect, test } from '@jest/globals';
import { readableRuns } from '../../src/text/byte-runs.js';
import { scanByteRuns } from '../../src/text/byte-scan.js';
import { makeScanner } from '../support/text-scanner.js';

const scan = makeScanner();
const runs = (bytes: Uint8Array): string[] => [...readableRuns(bytes)].map(({ text, offset, encoding }) => `${encoding}@${offset} ${text}`);
const wide = (text: string, order: 'le' | 'be'): Buffer => (order === 'le' ? Buffer.from(text, 'utf16le') : Buffer.from(text, 'utf16le').swap16());
const noise = (bytes: number, seed: number): Buffer => {
  let state = seed;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 3) & 0xff;
  };
  return Buffer.from(Array.from({ length: bytes }, next));
};

describe('readable runs', () => {
  test('ASCII of four characters and more, with offsets', () => {
    expect(runs(Buffer.from('\x00\x01abcd\x00abc\x00\xffefghi\x02', 'latin1'))).toEqual(['ascii@2 abcd', 'ascii@12 efghi']);
  });

  test('letters of UTF-8 stay in their word', () => {
    expect(runs(Buffer.from('\0Müller\0'))).toEqual(['ascii@1 Müller']);
  });

  test.each(['le', 'be'] as const)('UTF-16 %s at even and odd offsets', (order) => {
    for (const before of [1, 2]) {
      const bytes = Buffer.concat([Buffer.alloc(before, 0xff), wide('Jürgen', order), Buffer.from([0xff, 0xff])]);
      expect(runs(bytes)).toContain(`utf-16${order}@${before} Jürgen`);
    }
  });

  test('a run is given in parts that overlap, and all of it', () => {
    const parts = [...readableRuns(Buffer.alloc(200_000, 0x61))];
    expect(parts.length).toBe(4);
    expect(Math.max(...parts.map(({ text }) => text.length))).toBe(65_536);
    expect(parts.every((part, at) => at === 0 || part.offset < (parts[at - 1]?.offset ?? 0) + 65_536)).toBe(true);
    expect((parts.at(-1)?.offset ?? 0) + (parts.at(-1)?.text.length ?? 0)).toBe(200_000);
  });

  test('nothing from nothing', () => {
    expect(runs(new Uint8Array())).toEqual([]);
    expect(runs(Uint8Array.of(0x41))).toEqual([]);
  });
});

describe('scanning bytes', () => {
  test('noise gives no hit', () => {
    for (const seed of [1, 2, 3, 4]) expect(scanByteRuns(noise(1_000_000, seed * 7919), scan)).toEqual([]);
  }, 30_000);

  test.each([
    ['a caret name', 'Anderson^Robert', 'DID-040'],
    ['a name with a title', 'Mr. Gregory Peterson', 'DID-040'],
    ['two names', 'Katherine Holloway', 'DID-040'],
    ['a record number', 'MRN:83746152', 'DID-041'],
    ['an address of mail', 'user@radiology-partners.com', 'DID-042'],
    ['a date', '2020-01-31', 'DID-043'],
    ['an age', '092Y', 'DID-045'],
    ['a home folder', '/home/mkelly/prot', 'DID-046'],
  ])('%s is found in noise, in every encoding', (_name, text, code) => {
    const around = noise(4000, 17).map((byte) => byte | 0x80);
    for (const bytes of [Buffer.from(text), wide(text, 'le'), wide(text, 'be')]) {
      const hits = scanByteRuns(Buffer.concat([around, Buffer.from([0, 0]), bytes, Buffer.from([0, 0]), around]), scan);
      expect(hits.map((hit) => hit.code)).toContain(code);
      expect(hits[0]?.offset).toBeGreaterThanOrEqual(around.length);
    }
  });

  test('a leak across the seam of two parts is found', () => {
    const bytes = Buffer.from(`${'chest '.repeat(10_922)}SMITH^JOHN chest`);
    expect(bytes.indexOf('SMITH')).toBe(65_532);
    expect(scanByteRuns(bytes, scan).map(({ code }) => code)).toEqual(['DID-040']);
  });

  test('hits are bounded', () => {
    expect(scanByteRuns(Buffer.from('SMITH^JOHN\0'.repeat(1000)), scan).length).toBe(50);
  });
});
