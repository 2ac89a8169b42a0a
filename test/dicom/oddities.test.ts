import { deflateSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { readHeader } from '../../src/dicom/header.js';
import { type HeaderReading } from '../../src/model/header.js';
import { valueOf } from '../support/dicom-corpus.js';
import {
  DEFLATED_LITTLE_ENDIAN,
  type DicomElement,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  writeDicom,
  writeElements,
} from '../support/dicom-writer.js';

const EXPLICIT = { explicitVr: true, bigEndian: false };
const IMPLICIT = { explicitVr: false, bigEndian: false };
const EXPLICIT_BIG = { explicitVr: true, bigEndian: true };

const UID: DicomElement = { tag: '00080018', vr: 'UI', value: '2.25.7' };
const ID: DicomElement = { tag: '00100020', vr: 'LO', value: 'P1' };
const ROWS: DicomElement = { tag: '00280010', vr: 'US', value: [512] };
const PIXELS: DicomElement = { tag: '7fe00010', vr: 'OW', value: [1, 2] };
const SLICE = [UID, ID, ROWS, PIXELS];

function read(bytes: Buffer): HeaderReading {
  return readHeader(bytes, { complete: true }) as HeaderReading;
}

/** Reads as `ok` with the three values of SLICE. */
function expectSlice(bytes: Buffer): HeaderReading {
  const reading = read(bytes);
  expect([reading.status, reading.error]).toEqual(['ok', null]);
  expect(['SOPInstanceUID', 'PatientID', 'Rows'].map((keyword) => valueOf(reading, keyword))).toEqual(['2.25.7', 'P1', '512']);
  return reading;
}

/** A file with file meta information as given and the data set as given. */
function join(meta: Buffer, dataSet: Buffer): Buffer {
  return Buffer.concat([Buffer.alloc(128), Buffer.from('DICM'), meta, dataSet]);
}

const syntaxElement = (value: string): DicomElement => ({ tag: '00020010', vr: 'UI', value });

describe('what stands before the data set', () => {
  test('a preamble with content, deflated or not', () => {
    const preamble = Buffer.alloc(128, 'II*\0');
    expectSlice(writeDicom({ preamble, elements: SLICE }));
    expectSlice(writeDicom({ preamble, transferSyntax: DEFLATED_LITTLE_ENDIAN, elements: SLICE }));
  });

  test.each([
    ['explicit little endian', EXPLICIT],
    ['implicit little endian', IMPLICIT],
    ['explicit big endian', EXPLICIT_BIG],
    ['implicit big endian', { explicitVr: false, bigEndian: true }],
  ])('neither preamble nor meta: %s is recognised', (_name, encoding) => {
    expect(expectSlice(writeElements(SLICE, encoding)).TransferSyntaxUID).toBeNull();
  });

  test('file meta information without a preamble', () => {
    const meta = writeElements([syntaxElement(EXPLICIT_LITTLE_ENDIAN)]);
    expect(expectSlice(Buffer.concat([meta, writeElements(SLICE)])).TransferSyntaxUID).toBe(EXPLICIT_LITTLE_ENDIAN);
  });

  test('a preamble without file meta information', () => {
    expectSlice(join(Buffer.alloc(0), writeElements(SLICE)));
  });

  test('the letters DICM by accident, inside a value of a file without preamble', () => {
    const description: DicomElement = { tag: '00081030', vr: 'LO', value: `${'x'.repeat(106)}DICM${'y'.repeat(20)}` };
    const bytes = writeElements([UID, description, ID, ROWS, PIXELS]);
    expect(bytes.toString('latin1', 128, 132)).toBe('DICM');
    expectSlice(bytes);
  });

  test.each([
    ['no group length', writeElements([syntaxElement(EXPLICIT_LITTLE_ENDIAN)])],
    ['a group length that is too long', writeElements([{ tag: '00020000', vr: 'UL', value: [9000] }, syntaxElement(EXPLICIT_LITTLE_ENDIAN)])],
    ['a group length that is too short', writeElements([{ tag: '00020000', vr: 'UL', value: [2] }, syntaxElement(EXPLICIT_LITTLE_ENDIAN)])],
    ['meta in implicit VR', writeElements([syntaxElement(EXPLICIT_LITTLE_ENDIAN)], IMPLICIT)],
    ['meta in big endian', writeElements([syntaxElement(EXPLICIT_LITTLE_ENDIAN)], EXPLICIT_BIG)],
  ])('%s', (_name, meta) => {
    expect(expectSlice(join(meta, writeElements(SLICE))).TransferSyntaxUID).toBe(EXPLICIT_LITTLE_ENDIAN);
  });

  test('no transfer syntax: the first element tells', () => {
    const meta = writeElements([{ tag: '00020002', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' }]);
    expect(expectSlice(join(meta, writeElements(SLICE))).TransferSyntaxUID).toBeNull();
    expectSlice(join(meta, writeElements(SLICE, IMPLICIT)));
  });

  test.each([
    ['implicit announced, explicit written', IMPLICIT_LITTLE_ENDIAN, EXPLICIT],
    ['explicit announced, implicit written', EXPLICIT_LITTLE_ENDIAN, IMPLICIT],
    ['little endian announced, big endian written', EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG],
    ['deflated announced, plain written', DEFLATED_LITTLE_ENDIAN, EXPLICIT],
    ['a private transfer syntax over explicit little endian', '1.3.6.1.4.1.99999.1', EXPLICIT],
  ])('%s', (_name, transferSyntax, encoding) => {
    const reading = expectSlice(join(writeElements([syntaxElement(transferSyntax)]), writeElements(SLICE, encoding)));
    expect(reading.TransferSyntaxUID).toBe(transferSyntax);
  });

  test('a private transfer syntax that encodes something else', () => {
    const bytes = join(writeElements([syntaxElement('1.3.6.1.4.1.99999.1')]), Buffer.from('<?xml version="1.0" encoding="UTF-8"?><x/>'));
    expect(read(bytes)).toMatchObject({ status: 'unreadable', errorCode: 'unsupported-transfer-syntax' });
  });

  test('deflated behind a zlib header', () => {
    expectSlice(join(writeElements([syntaxElement(DEFLATED_LITTLE_ENDIAN)]), deflateSync(writeElements(SLICE))));
  });

  test('deflated bytes that look like group 0002 are not taken for file meta information', () => {
    const dataSet = writeElements(SLICE);
    const lengths = Buffer.alloc(4);
    lengths.writeUInt16LE(dataSet.length, 0);
    lengths.writeUInt16LE(0xffff - dataSet.length, 2);
    // RFC 1951: an empty block of fixed codes, a stored block, an empty last block.
    const stream = Buffer.concat([Buffer.from([0x02, 0x00]), lengths, dataSet, Buffer.from([0x03, 0x00])]);
    const syntax = writeElements([syntaxElement(DEFLATED_LITTLE_ENDIAN)]);
    expectSlice(join(Buffer.concat([writeElements([{ tag: '00020000', vr: 'UL', value: [syntax.length] }]), syntax]), stream));
  });

  test('a file that only begins like a data set is not DICOM', () => {
    const bytes = Buffer.concat([Buffer.from('0800010004000000', 'hex'), Buffer.from('not a data set at all, only text')]);
    expect(read(bytes)).toMatchObject({ status: 'unreadable', errorCode: 'not-dicom' });
  });

  test('a directory is no instance', () => {
    const meta = [{ tag: '00020002', vr: 'UI', value: '1.2.840.10008.1.3.10' }, syntaxElement(EXPLICIT_LITTLE_ENDIAN)];
    expect(read(writeDicom({ meta, elements: [] }))).toMatchObject({
      status: 'unreadable',
      errorCode: 'dicomdir',
      TransferSyntaxUID: EXPLICIT_LITTLE_ENDIAN,
    });
  });

  test('meta with nothing after it is truncated', () => {
    expect(read(writeDicom({ elements: [] }))).toMatchObject({ status: 'unreadable', errorCode: 'truncated' });
  });
});

describe('elements on the way', () => {
  test.each(['OV', 'SV', 'UV', 'OB', 'OD', 'OF', 'OL', 'OW', 'UC', 'UN', 'UR', 'UT', 'ZZ'])('VR %s has a length of 32 bits', (vr) => {
    const value = Buffer.alloc(16, 1);
    const bytes = writeElements([UID, { tag: '00090010', vr: 'LO', value: 'ACME' }]);
    const long = Buffer.concat([Buffer.from([0x09, 0x00, 0x01, 0x10]), Buffer.from(vr), Buffer.from([0, 0, 16, 0, 0, 0]), value]);
    expectSlice(join(writeElements([syntaxElement(EXPLICIT_LITTLE_ENDIAN)]), Buffer.concat([bytes, long, writeElements([ID, ROWS, PIXELS])])));
  });

  const nested: DicomElement[] = [{ ...ROWS, value: [1] }, { ...ID, value: 'WRONG' }];
  const sequence = (vr: string, undefinedLength: boolean): DicomElement => ({
    tag: '00081140',
    vr,
    undefinedLength,
    value: [[{ tag: '00081199', vr: 'SQ', undefinedLength, value: [nested, nested] }, ...nested], nested],
  });
  for (const transferSyntax of [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN]) {
    test.each([true, false])(`what a sequence holds is not the file's own: ${transferSyntax}, undefined length %s`, (undefinedLength) => {
      expectSlice(writeDicom({ transferSyntax, elements: [UID, sequence('SQ', undefinedLength), ID, ROWS, PIXELS] }));
      const sequenceOnly = read(writeDicom({ transferSyntax, elements: [UID, sequence('SQ', undefinedLength), PIXELS] }));
      expect(valueOf(sequenceOnly, 'Rows')).toBeNull();
      expect(valueOf(sequenceOnly, 'PatientID')).toBeNull();
    });
  }

  test.each([EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN])('VR UN of undefined length is implicit inside, and only there: %s', (transferSyntax) => {
    const inside: DicomElement = { ...sequence('UN', true), value: [nested, nested] };
    // Behind the inner element, an element whose header only the outer encoding reads right.
    const long: DicomElement = { tag: '00090011', vr: 'OV', value: Buffer.alloc(8) };
    const outside: DicomElement = { tag: '00081140', vr: 'SQ', undefinedLength: true, value: [[inside, long], [long]] };
    expectSlice(writeDicom({ transferSyntax, elements: [UID, inside, outside, ID, ROWS, PIXELS] }));
  });

  test('encapsulated pixels of an icon are passed over', () => {
    const emptyOffsetTable = 'feff00e000000000';
    const fragments = Buffer.from(`${emptyOffsetTable}feff00e00400000001020304`, 'hex');
    const encapsulated: DicomElement = { tag: '7fe00010', vr: 'OB', undefinedLength: true, value: fragments };
    const icon: DicomElement = { tag: '00081140', vr: 'SQ', undefinedLength: true, value: [[{ ...ROWS, value: [64] }, encapsulated]] };
    expectSlice(writeDicom({ elements: [UID, icon, ID, ROWS, encapsulated] }));
  });

  test('an element without VR among those with one', () => {
    const mixed = Buffer.concat([writeElements([UID]), writeElements([{ tag: '00091001', vr: 'LO', value: 'abcd' }, ID], IMPLICIT), writeElements([ROWS, PIXELS])]);
    expectSlice(join(writeElements([syntaxElement(EXPLICIT_LITTLE_ENDIAN)]), mixed));
  });

  test('of a tag that is there twice the first counts', () => {
    expectSlice(writeDicom({ elements: [UID, ID, { ...ID, value: 'P2' }, ROWS, PIXELS] }));
  });

  test('elements out of order are found', () => {
    expectSlice(writeDicom({ elements: [ROWS, ID, UID, PIXELS] }));
    expectSlice(writeDicom({ elements: [UID, { tag: '00400253', vr: 'SH', value: 'x' }, ROWS, { tag: '60003000', vr: 'OW', value: [1] }, ID, PIXELS] }));
  });

  test('zeros behind the last element are padding, other bytes are a cut element', () => {
    const bytes = writeDicom({ elements: [UID, ID, ROWS] });
    expectSlice(Buffer.concat([bytes, Buffer.alloc(5)]));
    expect(read(Buffer.concat([bytes, Buffer.from([0x28, 0, 0x11])]))).toMatchObject({ status: 'partial', errorCode: 'truncated' });
  });
});

describe('values', () => {
  const valueAs = (keyword: string, element: DicomElement, transferSyntax = EXPLICIT_LITTLE_ENDIAN): [string, string | null] => {
    const reading = read(writeDicom({ transferSyntax, elements: [UID, element, PIXELS] }));
    return [reading.status, valueOf(reading, keyword)];
  };

  test('absent, empty and several are told apart', () => {
    expect(valueAs('PatientSex', ID)[1]).toBeNull();
    expect(valueAs('PatientSex', { tag: '00100040', vr: 'CS', value: '' })).toEqual(['ok', '']);
    expect(valueAs('ImageType', { tag: '00080008', vr: 'CS', value: 'ORIGINAL\\ PRIMARY \\\\AXIAL' })).toEqual(['ok', 'ORIGINAL\\PRIMARY\\\\AXIAL']);
  });

  test('padding is stripped, what stands inside is kept', () => {
    expect(valueAs('PatientID', { ...ID, value: '  A  B \0' })).toEqual(['ok', 'A  B']);
    expect(valueAs('PatientID', { ...ID, value: 'A\0B\nC' })).toEqual(['ok', 'A\0B\nC']);
    expect(valueAs('SliceThickness', { tag: '00180050', vr: 'DS', value: ' 1.250 ' })).toEqual(['ok', '1.250']);
  });

  test('numbers in both byte orders, several too', () => {
    for (const transferSyntax of [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN]) {
      expect(valueAs('Rows', { ...ROWS, value: [258, 3] }, transferSyntax)).toEqual(['ok', '258\\3']);
    }
  });

  test('the VR a file writes counts, UN is read by the dictionary', () => {
    expect(valueAs('Rows', { ...ROWS, vr: 'IS', value: '512' })).toEqual(['ok', '512']);
    expect(valueAs('Rows', { ...ROWS, vr: 'UL', value: [70000] })).toEqual(['ok', '70000']);
    expect(valueAs('Rows', { ...ROWS, vr: 'UN', value: Buffer.from([0, 2]) })).toEqual(['ok', '512']);
    // Whoever wrote UN did not know the VR, so could not swap the bytes of a big endian file either.
    expect(valueAs('Rows', { ...ROWS, vr: 'UN', value: Buffer.from([0, 2]) }, EXPLICIT_BIG_ENDIAN)).toEqual(['ok', '512']);
    expect(valueAs('SeriesNumber', { tag: '00200011', vr: 'US', value: [7] })).toEqual(['ok', '7']);
    expect(valueAs('PatientID', { ...ID, vr: 'UN', value: Buffer.from('P1') })).toEqual(['ok', 'P1']);
  });

  test('what cannot be a value of its attribute is reported, not made up', () => {
    expect(valueAs('Rows', { ...ROWS, vr: 'UL', value: Buffer.from([1, 2]) })).toEqual(['partial', null]);
    expect(valueAs('PatientID', { ...ID, vr: 'SQ', value: [[ID]] })).toEqual(['partial', null]);
    expect(valueAs('PatientID', { ...ID, vr: 'UT', value: 'x'.repeat(70_000) })).toEqual(['partial', null]);
  });
});
