import { describe, expect, test } from '@jest/globals';
import { EXPLICIT_BIG_ENDIAN, writeDicom, writeElements } from '../support/dicom-writer.js';
import { ctSlice, judgeBytes, judgeFile, summary } from './ct-slice.js';

const whole = (): Buffer => writeDicom({ elements: ctSlice() });
const META = [
  { tag: '00020001', vr: 'OB', value: Buffer.from([0, 1]) },
  { tag: '00020002', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
  { tag: '00020003', vr: 'UI', value: '2.25.103' },
  { tag: '00020010', vr: 'UI', value: '1.2.840.10008.1.2.1' },
  { tag: '00020012', vr: 'UI', value: '2.25.2' },
];

function withLength(meta: typeof META): { tag: string; vr: string; value: number[] | string | Buffer }[] {
  return [{ tag: '00020000', vr: 'UL', value: [writeElements(meta).length] }, ...meta];
}

describe('DCM-001', () => {
  test('no preamble, no file meta information', () => {
    expect(summary(judgeBytes(writeElements(ctSlice())))).toEqual(['DCM-001']);
  });

  test('group length missing or wrong', () => {
    expect(summary(judgeFile({ elements: ctSlice(), meta: META }))).toEqual(['DCM-001']);
    expect(summary(judgeFile({ elements: ctSlice(), meta: [{ tag: '00020000', vr: 'UL', value: [4] }, ...META] }))).toEqual(['DCM-001']);
    expect(summary(judgeFile({ elements: ctSlice(), meta: withLength(META) }))).toEqual([]);
  });

  test('every required attribute of group 0002', () => {
    for (const tag of ['00020001', '00020012']) {
      const meta = withLength(META.filter((element) => element.tag !== tag));
      expect(summary(judgeFile({ elements: ctSlice(), meta }))).toEqual([expect.stringMatching(/^DCM-001 (FileMeta|Implementation)/)]);
    }
  });

  test('a transfer syntax that is none of the standard, or not of the policy', () => {
    const file = (uid: string) => ({ elements: ctSlice(), meta: withLength(META.map((element) => (element.tag === '00020010' ? { ...element, value: uid } : element))) });
    expect(judgeFile(file('1.2.3.4'))).toMatchObject([{ code: 'DCM-001', tag: 'TransferSyntaxUID', message: expect.stringContaining('none of the standard') }]);
    expect(summary(judgeFile(file('1.2.840.10008.1.2.1'), { transfer_syntaxes: ['1.2.840.10008.1.2'] }))).toEqual(['DCM-001 TransferSyntaxUID']);
    expect(summary(judgeFile(file('1.2.840.10008.1.2.1'), { transfer_syntaxes: ['1.2.840.10008.1.2.1'] }))).toEqual([]);
  });

  test('a data set in another encoding than announced', () => {
    const bytes = writeDicom({ elements: ctSlice(), transferSyntax: EXPLICIT_BIG_ENDIAN });
    const announced = Buffer.from(bytes.toString('latin1').replace('1.2.840.10008.1.2.2\0', '1.2.840.10008.1.2.1\0'), 'latin1');
    expect(summary(judgeBytes(announced))).toContain('DCM-001');
  });
});

test('DCM-002: file meta information of another instance', () => {
  const meta = withLength(META.map((element) => (element.tag === '00020003' ? { ...element, value: '2.25.999' } : element)));
  const findings = judgeFile({ elements: ctSlice(), meta });
  expect(summary(findings)).toEqual(['DCM-002 SOPInstanceUID']);
  expect(JSON.stringify({ ...findings[0], content: null })).not.toContain('2.25.999');
});

describe('DCM-003', () => {
  test('a file that is cut inside an element is an error, and incomplete', () => {
    const bytes = whole();
    for (const cut of [bytes.length - 1, bytes.length - 9, bytes.length - 21]) {
      const codes = judgeBytes(bytes.subarray(0, cut)).map(({ code }) => code);
      expect([cut, codes.includes('DCM-003'), codes.includes('GATE-INCOMPLETE')]).toEqual([cut, true, true]);
    }
  });

  test('wherever in the data set a file is cut, something is an error', () => {
    const bytes = whole();
    const start = bytes.length - writeElements(ctSlice()).length;
    for (let cut = start + 8; cut < bytes.length; cut += 1) {
      expect([cut, judgeBytes(bytes.subarray(0, cut)).some(({ level }) => level === undefined)]).toEqual([cut, true]);
    }
  });

  test('odd lengths, tags out of order, tags twice, unclosed items', () => {
    const slice = ctSlice();
    expect(summary(judgeFile({ elements: [...slice.filter(({ tag }) => tag !== '7fe00010'), { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(8), declaredLength: 7 }] }))).toContain('DCM-003 PixelData');
    expect(summary(judgeFile({ elements: [slice[1] as never, slice[0] as never, ...slice.slice(2)] }))).toEqual(['DCM-003 SpecificCharacterSet']);
    expect(summary(judgeFile({ elements: [slice[0] as never, slice[0] as never, ...slice.slice(1)] }))).toEqual(['DCM-003 SpecificCharacterSet']);
  });

  test('many faults of one kind are one finding that counts them', () => {
    const odd = Array.from({ length: 40 }, (_, at) => ({ tag: `0019${(0x1000 + at).toString(16)}`, vr: 'LO', value: 'ab', declaredLength: 2 }));
    const doubled = odd.flatMap((element) => [element, element]);
    const findings = judgeFile({ elements: [...ctSlice().filter(({ tag }) => tag < '0019'), ...doubled, ...ctSlice().filter(({ tag }) => tag > '0019')] }).filter(({ code }) => code === 'DCM-003');
    expect(findings).toMatchObject([{ code: 'DCM-003', found: '40 such elements, the first named here' }]);
  });
});
