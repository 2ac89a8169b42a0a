import { describe, expect, test } from '@jest/globals';
import type { DataSet} from '../../src/dicom/data-set.js';
import { formatTag } from '../../src/dicom/data-set.js';
import { parseDicomFile } from '../../src/dicom/dicom-file.js';
import { EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, writeDicom, type DicomElement } from '../support/dicom-writer.js';

function dataSetOf(elements: readonly DicomElement[], transferSyntax = EXPLICIT_LITTLE_ENDIAN): DataSet {
  const bytes = writeDicom({ elements, transferSyntax });
  const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 20);
  if ('reason' in file) throw new Error(file.reason);
  return file.dataSet;
}

describe('texts', () => {
  const set = (terms: string): DicomElement => ({ tag: '00080005', vr: 'CS', value: terms });

  test('padding goes, several values come apart, of texts of lines a backslash is a character', () => {
    const dataSet = dataSetOf([
      { tag: '00080008', vr: 'CS', value: 'ORIGINAL \\ PRIMARY' },
      { tag: '00081030', vr: 'LO', value: '' },
      { tag: '00204000', vr: 'LT', value: 'a\\b ' },
    ]);
    const values = (tag: number) => dataSet.values(dataSet.get(tag) ?? (() => { throw new Error(); })());
    expect([values(0x00080008), values(0x00081030), values(0x00204000)]).toEqual([['ORIGINAL', 'PRIMARY'], [], ['a\\b']]);
    expect([dataSet.text(0x00080008), dataSet.text(0x00081030), dataSet.text(0x00100010)]).toEqual(['ORIGINAL\\PRIMARY', '', null]);
  });

  test('the character set of an item is its own, else that of what it is nested in', () => {
    const name = { tag: '00080104', vr: 'LO', value: Buffer.from([0xe9]) };
    const dataSet = dataSetOf([set('ISO_IR 100'), { tag: '00081140', vr: 'SQ', value: [[name], [set('ISO_IR 144'), name]] }]);
    const [latin, cyrillic] = dataSet.get(0x00081140)?.items ?? [];
    expect([latin?.text(0x00080104), cyrillic?.text(0x00080104)]).toEqual(['é', 'щ']);
    expect([latin?.characterSet, cyrillic?.characterSet]).toEqual(['ISO_IR 100', 'ISO_IR 144']);
  });

  test('VRs that no character set is for are flawed beyond ASCII', () => {
    const dataSet = dataSetOf([set('ISO_IR 192'), { tag: '00180015', vr: 'CS', value: 'Ä' }]);
    expect(dataSet.decode(dataSet.get(0x00180015) ?? (() => { throw new Error(); })()).flawed).toBe(true);
  });

  test('values are decoded once', () => {
    const dataSet = dataSetOf([{ tag: '00080008', vr: 'CS', value: 'A\\B' }]);
    const element = dataSet.get(0x00080008);
    if (element === undefined) throw new Error();
    expect(dataSet.values(element)).toBe(dataSet.values(element));
  });
});

describe('numbers', () => {
  test.each([EXPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN])('binary ones in %s, decimal strings, and what is none', (syntax) => {
    const dataSet = dataSetOf(
      [
        { tag: '00200013', vr: 'IS', value: '7' },
        { tag: '00200032', vr: 'DS', value: '-1.5\\x\\' },
        { tag: '00280009', vr: 'AT', value: Buffer.from(syntax === EXPLICIT_BIG_ENDIAN ? [0, 0x18, 0x10, 0x63] : [0x18, 0, 0x63, 0x10]) },
        { tag: '00280010', vr: 'US', value: [512, 65535] },
        { tag: '00281041', vr: 'SS', value: [-1] },
      ],
      syntax,
    );
    expect(dataSet.numbers(0x00200013)).toEqual([7]);
    expect(dataSet.numbers(0x00200032)).toEqual([-1.5, Number.NaN, Number.NaN]);
    expect(dataSet.numbers(0x00280009)).toEqual([0x00181063]);
    expect(dataSet.numbers(0x00280010)).toEqual([512, 65535]);
    expect(dataSet.numbers(0x00281041)).toEqual([-1]);
    expect(dataSet.numbers(0x00100010)).toEqual([]);
  });
});

describe('places', () => {
  test('keywords at the top, tags and items below, tags of repeating and private groups', () => {
    const dataSet = dataSetOf([{ tag: '00081140', vr: 'SQ', value: [[], [{ tag: '00081155', vr: 'UI', value: '2.25.1' }]].map((item) => (item.length === 0 ? [{ tag: '00081150', vr: 'UI', value: '1.2' }] : item)) }]);
    const item = dataSet.get(0x00081140)?.items?.[1];
    expect([dataSet.pathOf(0x00081140), item?.pathOf(0x00081155), dataSet.pathOf(0x60020010), dataSet.pathOf(0x00091001)]).toEqual(['ReferencedImageSequence', '(0008,1140)[2]/(0008,1155)', '(6002,0010)', '(0009,1001)']);
    expect(formatTag(0x0040a730)).toBe('(0040,A730)');
    expect(item?.root).toBe(dataSet);
  });

  test('of a tag that is there twice the first counts, however it was asked for before', () => {
    const dataSet = dataSetOf([{ tag: '00080060', vr: 'CS', value: 'CT' }, { tag: '00080060', vr: 'CS', value: 'MR' }]);
    expect([dataSet.text(0x00080060), dataSet.elements.length]).toEqual(['CT', 2]);
  });

  test('every data set is walked once, in the order of the file', () => {
    const item = (value: string, ...inner: DicomElement[]): DicomElement[] => [{ tag: '00081155', vr: 'UI', value }, ...inner];
    const nested = { tag: '0040a730', vr: 'SQ', value: [item('2.2'), item('2.3')] };
    const dataSet = dataSetOf([{ tag: '00081140', vr: 'SQ', value: [item('2.1', nested), item('2.4')] }, { tag: '00081250', vr: 'SQ', value: [item('2.5')] }]);
    expect([...dataSet.walk()].map((each) => each.text(0x00081155))).toEqual([null, '2.1', '2.2', '2.3', '2.4', '2.5']);
  });
});
