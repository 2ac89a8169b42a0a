import { describe, expect, test } from '@jest/globals';
import { readHeader } from '../../src/dicom/header.js';
import { type HeaderReading, KEPT_ATTRIBUTES } from '../../src/model/header.js';
import {
  type DicomElement,
  EXPLICIT_BIG_ENDIAN,
  EXPLICIT_LITTLE_ENDIAN,
  IMPLICIT_LITTLE_ENDIAN,
  writeDicom,
} from '../support/dicom-writer.js';

const SLICE: DicomElement[] = [
  { tag: '00080016', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
  { tag: '00080018', vr: 'UI', value: '2.25.7' },
  { tag: '00080060', vr: 'CS', value: 'CT' },
  { tag: '00081140', vr: 'SQ', value: [[{ tag: '00280010', vr: 'US', value: [1] }]], undefinedLength: true },
  { tag: '00100010', vr: 'PN', value: 'Doe^Jane' },
  { tag: '00100040', vr: 'CS', value: '' },
  { tag: '00180050', vr: 'DS', value: ' 1.25' },
  { tag: '00280010', vr: 'US', value: [512] },
  { tag: '7fe00010', vr: 'OW', value: [1, 2, 3, 4] },
];

function read(bytes: Buffer): HeaderReading {
  const reading = readHeader(bytes, { complete: true });
  if (reading === 'need-more-bytes') throw new Error('a whole file never needs more bytes');
  return reading;
}

function valueOf(reading: HeaderReading, keyword: string): string | null | undefined {
  return reading.values[KEPT_ATTRIBUTES.findIndex((attribute) => attribute.keyword === keyword)];
}

describe('plain files', () => {
  for (const transferSyntax of [EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN]) {
    test(`gives the attributes of a file in ${transferSyntax}`, () => {
      const reading = read(writeDicom({ transferSyntax, elements: SLICE }));
      expect(reading).toMatchObject({ status: 'ok', errorCode: null, error: null, TransferSyntaxUID: transferSyntax });
      expect(valueOf(reading, 'SOPInstanceUID')).toBe('2.25.7');
      expect(valueOf(reading, 'PatientName')).toBe('Doe^Jane');
      expect(valueOf(reading, 'PatientSex')).toBe('');
      expect(valueOf(reading, 'PatientID')).toBeNull();
      expect(valueOf(reading, 'SliceThickness')).toBe('1.25');
      expect(valueOf(reading, 'Rows')).toBe('512');
    });
  }
});
