import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readHeader } from '../../src/dicom/header.js';
import { MAX_HEADER_BYTES, MAX_INFLATED_BYTES, MAX_VALUE_BYTES } from '../../src/dicom/limits.js';
import { type HeaderReading, KEPT_ATTRIBUTES } from '../../src/model/header.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { valueOf } from '../support/dicom-corpus.js';
import { DEFLATED_LITTLE_ENDIAN, type DicomElement, IMPLICIT_LITTLE_ENDIAN, writeDicom, writeElements } from '../support/dicom-writer.js';

const UID: DicomElement = { tag: '00080018', vr: 'UI', value: '2.25.7' };
const ID: DicomElement = { tag: '00100020', vr: 'LO', value: 'P1' };
const PIXELS: DicomElement = { tag: '7fe00010', vr: 'OW', value: [1, 2] };

/** Small fixtures of every encoding: explicit, implicit, big endian, deflated, without meta, with sequences and character sets. */
const SAMPLES = [
  'made/deflated.dcm',
  'made/formula_name.dcm',
  'pydicom/charset_files/chrH31.dcm',
  'pydicom/MR_small_bigendian.dcm',
  'pydicom/rtplan.dcm',
  'pydicom/rtstruct.dcm',
  'pydicom/ExplVR_LitEndNoMeta.dcm',
  'pydicom/UN_sequence.dcm',
  'pydicom/test-SR.dcm',
  'dicomParser/deflate/report_dfl',
  'dcmqi/segmentations/23x38x3/image/IMG0001.dcm',
].map((file) => readFileSync(join(PACKAGE_ROOT, 'test/fixtures/dicom/files', file)));

function read(bytes: Buffer): HeaderReading {
  const reading = readHeader(bytes, { complete: true });
  if (reading === 'need-more-bytes') throw new Error('a whole file never needs more bytes');
  return reading;
}

/** Reads from a third of the bytes first, then from twice as many whenever that is asked for. */
function readFromHead(bytes: Buffer): HeaderReading {
  for (let held = Math.ceil(bytes.length / 3); held < bytes.length; held *= 2) {
    const reading = readHeader(bytes.subarray(0, held), { complete: false, fileSize: bytes.length });
    if (reading !== 'need-more-bytes') return reading;
  }
  return read(bytes);
}

/** What holds for the reading of any bytes at all. */
function expectSound(bytes: Buffer): HeaderReading {
  const reading = read(bytes);
  const { status, errorCode, error, values } = reading;
  const sound = {
    sameFromAnyHead: isDeepStrictEqual(readFromHead(bytes), reading),
    complete: values.length === KEPT_ATTRIBUTES.length,
    explained: (errorCode === null) === (status === 'ok') && (error === null) === (status === 'ok'),
    honest: status !== 'unreadable' || values.every((value) => value === null),
    bounded: values.every((value) => value === null || value.length <= MAX_VALUE_BYTES * 8),
  };
  expect(sound).toEqual({ sameFromAnyHead: true, complete: true, explained: true, honest: true, bounded: true });
  return reading;
}

describe('a file cut anywhere', () => {
  test.each(SAMPLES.map((bytes, index) => [index, bytes] as const))('sample %i gives values of the whole file and no others', (_index, bytes) => {
    const whole = read(bytes);
    for (let length = 0; length < bytes.length; length += 1) {
      const cut = expectSound(bytes.subarray(0, length));
      const invented = cut.values.filter((value, index) => value !== null && value !== whole.values[index]);
      expect([length, invented]).toEqual([length, []]);
      expect([null, whole.TransferSyntaxUID]).toContain(cut.TransferSyntaxUID);
    }
  });

  test.each(SAMPLES.map((bytes, index) => [index, bytes] as const))('sample %i cut inside an element of its header is never ok', (_index, bytes) => {
    const isOk = Array.from(bytes, (_byte, length) => read(bytes.subarray(0, length)).status === 'ok');
    const headerEnd = isOk.lastIndexOf(false) + 1;
    // An element takes at least eight bytes, so no two neighbouring lengths both end one; a zero byte behind one is padding.
    const silent = isOk.flatMap((ok, length) => (length + 1 < headerEnd && ok && isOk[length + 1] === true && bytes[length] !== 0 ? [length] : []));
    expect(silent).toEqual([]);
    expect(headerEnd).toBeGreaterThan(150);
  });

  test('the head of a longer file never reads as a whole one', () => {
    for (const bytes of SAMPLES) {
      const whole = read(bytes);
      for (let length = 0; length < bytes.length; length += 1) {
        const reading = readHeader(bytes.subarray(0, length), { complete: false, fileSize: bytes.length });
        if (reading !== 'need-more-bytes' && !isDeepStrictEqual(reading, whole)) expect([length, reading]).toEqual([length, whole]);
      }
    }
  });
});

describe('damaged bytes', () => {
  const sample = fc.constantFrom(...SAMPLES);
  const runs = { numRuns: 1500 };

  test('any bytes changed', () => {
    const change = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(sample, fc.array(change, { minLength: 1, maxLength: 8 }), (bytes, changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, byte] of changes) damaged[Math.floor(at * (damaged.length - 1))] = byte;
        expectSound(damaged);
      }),
      runs,
    );
  });

  test('any part replaced by part of another file', () => {
    const part = fc.tuple(sample, fc.nat(), fc.nat({ max: 400 }));
    fc.assert(
      fc.property(sample, fc.array(part, { minLength: 1, maxLength: 4 }), fc.nat(), (bytes, parts, cut) => {
        const pieces = parts.map(([other, from, length]) => other.subarray(from % other.length, (from % other.length) + length));
        const at = cut % bytes.length;
        expectSound(Buffer.concat([bytes.subarray(0, at), ...pieces, bytes.subarray(at)]));
      }),
      runs,
    );
  });

  test('any bytes at all, behind any beginning', () => {
    const start = fc.constantFrom(Buffer.alloc(0), Buffer.from('08000500', 'hex'), Buffer.concat([Buffer.alloc(128), Buffer.from('DICM\x02\0\x10\0UI')]));
    fc.assert(
      fc.property(start, fc.uint8Array({ maxLength: 600 }), (before, bytes) => {
        expectSound(Buffer.concat([before, bytes]));
      }),
      runs,
    );
  });
});

describe('bombs', () => {
  /** A sequence and an item a level, closed or not: what a recursive reader dies of. */
  function nested(levels: number, closed: boolean): Buffer {
    const open = Buffer.concat([
      writeElements([{ tag: '00081140', vr: 'SQ', value: Buffer.alloc(0), declaredLength: 0xffffffff }]),
      Buffer.from('feff00e0ffffffff', 'hex'),
    ]);
    const close = Buffer.from('feff0de000000000feffdde000000000', 'hex');
    return Buffer.concat([...Array<Buffer>(levels).fill(open), ...(closed ? Array<Buffer>(levels).fill(close) : [])]);
  }

  test('a hundred thousand nested sequences are passed over', () => {
    const file = writeDicom({ elements: [UID] });
    const reading = read(Buffer.concat([file, nested(100_000, true), writeElements([ID, PIXELS])]));
    expect([reading.status, valueOf(reading, 'PatientID')]).toEqual(['ok', 'P1']);
    expect(read(Buffer.concat([file, nested(100_000, false)]))).toMatchObject({ status: 'partial', errorCode: 'truncated' });
  });

  test('a deflated bomb before the end of the header is not inflated to its end', () => {
    const bomb = Buffer.alloc(200 * 1024 * 1024);
    const header = writeElements([UID, { tag: '00091001', vr: 'OB', value: Buffer.alloc(0), declaredLength: bomb.length }]);
    const meta = [{ tag: '00020010', vr: 'UI', value: DEFLATED_LITTLE_ENDIAN }];
    const prefix = writeDicom({ meta, elements: [] });
    const file = Buffer.concat([prefix, deflateRawSync(Buffer.concat([header, bomb, writeElements([ID])]))]);
    expect(file.length).toBeLessThan(300_000);
    const before = process.memoryUsage().arrayBuffers;
    const reading = read(file);
    expect(reading).toMatchObject({ status: 'partial', errorCode: 'too-large-when-inflated' });
    expect(valueOf(reading, 'SOPInstanceUID')).toBe('2.25.7');
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(3 * MAX_INFLATED_BYTES);
  });

  test('a deflated bomb in the pixels costs nothing', () => {
    const zeros: DicomElement = { ...PIXELS, value: Buffer.alloc(50 * 1024 * 1024) };
    const file = writeDicom({ transferSyntax: DEFLATED_LITTLE_ENDIAN, elements: [UID, ID, zeros] });
    expect(read(file)).toMatchObject({ status: 'ok' });
  });

  test('damaged deflated bytes are reported', () => {
    const file = writeDicom({ transferSyntax: DEFLATED_LITTLE_ENDIAN, elements: [UID, ID] });
    const cut = read(file.subarray(0, file.length - 1));
    expect(cut.errorCode).toBe('truncated');
    file.fill(0xff, file.length - 20);
    expect(read(file)).toMatchObject({ status: 'unreadable', errorCode: 'malformed' });
  });

  test('time grows with the bytes, not with their square', () => {
    // A run of spaces, an item a few bytes, an element a few bytes: each would show a quadratic step.
    const spaces: DicomElement = { tag: '00081030', vr: 'UT', value: ' '.repeat(60_000) + '\\ x\u00fc\\'.repeat(700) };
    const items = Buffer.concat([
      writeElements([{ tag: '00081140', vr: 'SQ', value: Buffer.alloc(0), declaredLength: 0xffffffff }]),
      Buffer.alloc(16 * 1024 * 1024, Buffer.from('feff00e000000000', 'hex')),
    ]);
    const descending = Buffer.concat(Array<Buffer>(100_000).fill(writeElements([{ ...ID, value: '' }, { ...UID, value: '' }])));
    for (const content of [writeElements([spaces]), items, descending]) {
      const started = process.cpuUsage().user;
      expectSound(Buffer.concat([writeDicom({ elements: [UID] }), content]));
      expect(process.cpuUsage().user - started).toBeLessThan(3_000_000);
    }
  });
});

describe('lengths that lie', () => {
  const lying = (declaredLength: number, vr = 'OB'): Buffer =>
    writeDicom({ elements: [UID, { tag: '00091001', vr, value: Buffer.alloc(4), declaredLength }, ID, PIXELS] });

  test('a length beyond the file is not waited for', () => {
    const bytes = lying(0x7fffffff);
    const options = { complete: false, fileSize: bytes.length + 1_000_000 };
    expect(readHeader(bytes, options)).toMatchObject({ status: 'partial', errorCode: 'truncated' });
    expect(read(bytes)).toMatchObject({ status: 'partial', errorCode: 'truncated' });
  });

  test('a value that would take more than the limit of a header is not waited for', () => {
    const options = { complete: false, fileSize: 4 * MAX_HEADER_BYTES };
    expect(readHeader(lying(2 * MAX_HEADER_BYTES), options)).toMatchObject({ status: 'partial', errorCode: 'header-too-large' });
    expect(readHeader(lying(MAX_HEADER_BYTES / 2), options)).toBe('need-more-bytes');
  });

  test('the same for file meta information', () => {
    const meta = (declaredLength: number): Buffer =>
      writeDicom({ meta: [{ tag: '00020102', vr: 'OB', value: Buffer.alloc(4), declaredLength }], elements: [UID] });
    const options = { complete: false, fileSize: 4 * MAX_HEADER_BYTES };
    expect(readHeader(meta(2 * MAX_HEADER_BYTES), options)).toMatchObject({ status: 'unreadable', errorCode: 'malformed' });
    expect(readHeader(meta(MAX_HEADER_BYTES / 2), options)).toBe('need-more-bytes');
  });

  test('a directory cut between two elements of its meta is not judged before its transfer syntax is there', () => {
    const bytes = writeDicom({
      meta: [{ tag: '00020002', vr: 'UI', value: '1.2.840.10008.1.3.10' }, { tag: '00020010', vr: 'UI', value: '1.2.840.10008.1.2.1' }],
      elements: [],
    });
    for (let length = 0; length < bytes.length; length += 1) {
      expect(readHeader(bytes.subarray(0, length), { complete: false })).toBe('need-more-bytes');
    }
  });

  test('undefined length where none may be is malformed', () => {
    expect(read(lying(0xffffffff, 'UT'))).toMatchObject({ status: 'partial', errorCode: 'malformed' });
    const stray = writeDicom({ transferSyntax: IMPLICIT_LITTLE_ENDIAN, elements: [UID, { tag: 'fffee000', vr: 'OB', value: Buffer.alloc(4) }] });
    expect(read(stray)).toMatchObject({ status: 'partial', errorCode: 'malformed' });
  });

  test('a long value past the last kept attribute is not asked for', () => {
    const bytes = writeDicom({ elements: [UID, ID, { tag: '00420011', vr: 'OB', value: Buffer.alloc(200_000) }] });
    const options = { complete: false, fileSize: bytes.length };
    expect(readHeader(bytes.subarray(0, 64 * 1024), options)).toEqual(read(bytes));
    expect(read(bytes).status).toBe('ok');
  });

  test('damage far behind the last kept attribute is the same from any head: not looked at', () => {
    const far: DicomElement = { tag: '00400555', vr: 'OB', value: Buffer.alloc(70_000) };
    const broken: DicomElement = { tag: '00420010', vr: 'UT', value: 'x', declaredLength: 0xffffffff };
    const bytes = writeDicom({ elements: [UID, ID, far, broken, PIXELS] });
    expect(expectSound(bytes).status).toBe('ok');
    expect(expectSound(writeDicom({ elements: [UID, ID, broken, PIXELS] }))).toMatchObject({ status: 'partial', errorCode: 'malformed' });
  });

  test('no error names a value of the file', () => {
    for (const bytes of SAMPLES) {
      for (let length = 0; length < bytes.length; length += 37) {
        const { error, values } = read(bytes.subarray(0, length));
        expect(values.filter((value) => value !== null && value.length > 3 && error?.includes(value))).toEqual([]);
      }
    }
  });
});
