import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import { readHeader } from '../../src/dicom/header.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import { type HeaderReading, KEPT_ATTRIBUTES } from '../../src/model/header.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { compareWithRow, readExpectedRows } from '../support/dicom-corpus.js';

const fixtures = join(PACKAGE_ROOT, 'test/fixtures/dicom');
const rows = readExpectedRows(fixtures);

/** Reads as pull does: the head first, twice as much whenever that is asked for. */
function readGrowing(bytes: Buffer, firstHead: number): { reading: HeaderReading; held: number } {
  for (let held = Math.min(firstHead, bytes.length); ; held = Math.min(held * 2, bytes.length)) {
    const reading = readHeader(bytes.subarray(0, held), { complete: held === bytes.length, fileSize: bytes.length });
    if (reading !== 'need-more-bytes') return { reading, held };
    if (held === bytes.length) throw new Error('asked for more than the whole file');
  }
}

describe.each(rows)('$file ($note)', (row) => {
  const bytes = readFileSync(join(fixtures, row.file));

  test('is the file its row describes, and is read as the row states', () => {
    expect(sha256Hex(bytes)).toBe(row.sha256);
    const reading = readHeader(bytes, { complete: true });
    expect(reading).not.toBe('need-more-bytes');
    expect(compareWithRow(reading as HeaderReading, row)).toEqual([]);
  });

  test('reads the same from any head', () => {
    const whole = readHeader(bytes, { complete: true });
    for (const firstHead of [1, 131, 150, 1000, 64 * 1024, 100_000]) {
      expect(readGrowing(bytes, firstHead).reading).toEqual(whole);
    }
  });
});

test('pixels are never asked for', () => {
  for (const row of rows) {
    const bytes = readFileSync(join(fixtures, row.file));
    const { held } = readGrowing(bytes, 64 * 1024);
    expect([row.file, held > 64 * 1024]).toEqual([row.file, row.file === 'files/made/big_private_before_pixels.dcm']);
  }
});

/** What dicom-parser, used as documented, gives for the kept attributes; null where it throws. */
function readWithDicomParser(bytes: Buffer): (string | null)[] | null {
  try {
    const dataSet = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
    return KEPT_ATTRIBUTES.map(({ tag, vr }) => {
      const element = dataSet.elements[`x${tag}`];
      if (element === undefined) return null;
      if (element.length === 0) return '';
      return String(vr === 'US' ? dataSet.uint16(`x${tag}`) : dataSet.string(`x${tag}`));
    });
  } catch {
    return null;
  }
}

test('dicom-parser gives the same values wherever it reads as the standard says', () => {
  let agreeing = 0;
  const trim = (value: string | null): string | null => value?.split('\\').map((part) => part.trim()).join('\\') ?? null;
  for (const row of rows.filter(({ expect }) => expect === 'values')) {
    const bytes = readFileSync(join(fixtures, row.file));
    const reading = readHeader(bytes, { complete: true }) as HeaderReading;
    const second = readWithDicomParser(bytes);
    if (second === null || reading.status !== 'ok') continue;
    for (const [index, { keyword }] of KEPT_ATTRIBUTES.entries()) {
      const value = reading.values[index] ?? null;
      // It knows no character sets.
      if (value !== null && !/^[\x20-\x7e]*$/.test(value)) continue;
      expect([row.file, keyword, value]).toEqual([row.file, keyword, trim(second[index] ?? null)]);
    }
    agreeing += 1;
  }
  // All but the files it cannot open: without preamble, and the directory.
  expect(agreeing).toBeGreaterThanOrEqual(43);
});

const corpus = process.env['COLOPHON_DICOM_CORPUS'];
const fullTest = corpus !== undefined && existsSync(corpus) ? test : test.skip;
fullTest('every file of the full corpus reads as stated (needs COLOPHON_DICOM_CORPUS)', () => {
  const all = readExpectedRows(corpus ?? '');
  const broken = all.flatMap((row) => {
    const bytes = readFileSync(join(corpus ?? '', row.file));
    const { reading } = readGrowing(bytes, 64 * 1024);
    return compareWithRow(reading, row).map((sentence) => `${row.file}: ${sentence}`);
  });
  expect(broken).toEqual([]);
  expect(all.length).toBeGreaterThanOrEqual(rows.length);
});
