import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseDicomFile } from '../../src/dicom/dicom-file.js';
import type { FileFinding } from '../../src/model/inspection.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { judgeBurnedInText } from '../../src/pixels/burned-in-text.js';
import { createDecoder } from '../../src/pixels/decode-frame.js';
import { openPixels } from '../../src/pixels/open-pixels.js';
import type { PixelSource } from '../../src/pixels/pixel-source.js';
import { createTextReader, type TextReader } from '../../src/pixels/text-reader.js';
import { drawText } from '../support/bitmap-font.js';
import { madePicture, nativeBytes, sourceOf, type RawPicture } from '../support/pixel-encoders.js';

const LITTLE = '1.2.840.10008.1.2.1';
const decoder = createDecoder(4_000_000);
let reader: TextReader;
beforeAll(async () => void (reader = await createTextReader()));
afterAll(() => reader.close());

/** Stands for the scanner of texts: names with a caret or comma, labelled numbers, dates. */
function scan(text: string): { code: string; level: 'error'; what: string }[] {
  if (/\d{2,4}[-/.](?:\d{2}|[A-Z]{3})[-/. ]\d{2,4}/i.test(text)) return [{ code: 'DID-043', level: 'error', what: 'a date' }];
  if (/\d{7,}/.test(text)) return [{ code: 'DID-041', level: 'error', what: 'a number' }];
  return /\p{L}{2,}(?:\^|, ?)\p{L}{2,}/u.test(text) ? [{ code: 'DID-040', level: 'error', what: 'a name' }] : [];
}

function judge(source: PixelSource): FileFinding[] {
  const findings: FileFinding[] = [];
  let looked = 0;
  judgeBurnedInText(source, decoder, { reader, scan, mask: (text) => text.replace(/\p{L}/gu, '*').replace(/\d/g, '#') }, { looked: () => void (looked += 1), add: (finding) => void findings.push(finding) });
  expect(looked).toBe(1);
  return findings;
}

/** A picture with air around the body, as radiographs have it. */
function radiograph(seed: number, size = 400): RawPicture {
  const made = madePicture(size, size, seed);
  return { ...made, samples: made.samples.map((sample, at) => (Math.hypot((at % size) - size / 2, Math.floor(at / size) - size / 2) > size * 0.42 ? sample >> 4 : sample)) };
}

function written(seed: number, lines: readonly string[], { scale = 2, tone = 4095, x = 10, y = 10 } = {}): RawPicture {
  const raw = radiograph(seed);
  const samples = [...raw.samples];
  for (const [index, line] of lines.entries()) drawText(samples, raw.columns, line, { x, y: y + index * 14 * scale, scale, tone });
  return { ...raw, samples };
}

const native = (raw: RawPicture): PixelSource => sourceOf(raw, LITTLE, nativeBytes(raw));

describe('text that identifies somebody is an error, and nothing of it is shown', () => {
  const NAMES = ['DOE^JANE', 'MILLER^THOMAS', 'GARCIA, MARIA', 'HASSAN^OLGA', 'IVANOVA^SOFIA', 'ROSSI, LINDA', 'MENSAH^KWAME', 'JOHNSON, CHEN'];

  test('names, dates and record numbers on 8 pictures: none is passed', () => {
    const missed: string[] = [];
    let [errors, lines] = [0, 0];
    for (let seed = 0; seed < 8; seed++) {
      const text = [NAMES[seed % 8] ?? '', `19${20 + seed}-0${1 + (seed % 9)}-1${seed % 10}`, `MRN ${48_213_377 + seed * 7919}`];
      const findings = judge(native(written(seed, text, { scale: 1 + (seed % 2), y: seed % 3 === 0 ? 10 : 310, tone: seed % 4 === 0 ? 3400 : 4095 })));
      const error = findings.find(({ level }) => level === 'error');
      if (findings.every(({ level }) => level === 'info')) missed.push(text.join(' '));
      if (error !== undefined) errors += 1;
      lines += error?.content?.split('\n').length ?? 0;
      const shown = JSON.stringify(findings.map(({ message, found, hint, expected }) => ({ message, found, hint, expected })));
      for (const secret of [...text[0]?.split(/\W+/) ?? [], text[1] ?? '', text[2]?.slice(4) ?? '']) expect(shown).not.toContain(secret);
    }
    expect(missed).toEqual([]);
    expect(errors).toBeGreaterThanOrEqual(7);
    // Of 24 lines, those that were read well enough to be flagged by this simple scanner.
    expect(lines).toBeGreaterThanOrEqual(14);
  });

  test('dark text on a bright picture, and text of the last frame only', () => {
    const bright = written(3, ['DOE, JANE', '1962-03-14'], { tone: 0 });
    const ground = { ...bright, samples: bright.samples.map((sample, at) => (Math.floor(at / 400) < 80 && sample !== 0 ? 3000 + (sample & 63) : sample)) };
    expect(judge(native(ground)).map(({ level }) => level)).toContain('error');
    const [clean, last] = [nativeBytes(radiograph(4)), nativeBytes(written(4, ['MRN 48213377']))];
    expect(judge(sourceOf(radiograph(4), LITTLE, clean, clean, last)).map(({ level }) => level)).toContain('error');
    expect(judge(sourceOf(radiograph(4), LITTLE, clean, last, clean))).toEqual([]);
  });
});

test('other text is a warning, marks of side and view are noted', () => {
  expect(judge(native(written(5, ['TRANSDUCER C5']))).map(({ level }) => level)).toEqual(['warning']);
  expect(judge(native(written(8, ['PORTABLE'], { scale: 1 }))).map(({ level }) => level)).toEqual(['info']);
});

test('pictures without text have no finding', () => {
  for (let seed = 0; seed < 4; seed++) expect(judge(native(radiograph(seed)))).toEqual([]);
});

test('pixels that cannot be decoded are a warning, not a pass', () => {
  const raw = radiograph(1);
  expect(judge(sourceOf(raw, LITTLE, nativeBytes(raw).subarray(0, 99)))).toMatchObject([{ code: 'DID-072', level: 'warning', found: 'truncated' }]);
});

test('a real ultrasound picture: what the device wrote is read', () => {
  const bytes = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/dicom/files/WADOImageLoader/no-pixel-spacing.dcm'));
  const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
  const source = 'reason' in file ? null : openPixels(file);
  const findings = source === null ? [] : judge(source);
  expect(findings.map(({ level }) => level).sort()).toEqual(['error', 'warning']);
  expect(findings.find(({ level }) => level === 'error')?.content).toContain('03-May-18');
  expect(findings.find(({ level }) => level === 'warning')?.content).toContain('PHILIPS');
});
