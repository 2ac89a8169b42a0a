import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { allowsCount, parseMultiplicity } from '../../src/conformance/multiplicity.js';
import { formFault, hasControl, isUid } from '../../src/conformance/value-form.js';
import { ctSlice, judgeFile, summary, withElements } from './ct-slice.js';

const say = (...elements: Parameters<typeof withElements>): string[] => summary(judgeFile({ elements: withElements(...elements) }));

describe('forms of the VRs (PS3.5 6.2)', () => {
  const cases: Record<string, { good: string[]; bad: string[] }> = {
    AE: { good: ['STORE_SCP', 'a b'], bad: ['x'.repeat(17), 'é'] },
    AS: { good: ['045Y', '003D'], bad: ['45Y', '045X', '045y', '0455'] },
    CS: { good: ['HFS', 'A_B 1'], bad: ['hfs', 'A-B', 'X'.repeat(17)] },
    DA: { good: ['20200229', '19000228', '00010101'], bad: ['20210229', '2020.02.29', '20201301', '20200100', '202001', 'YYYYMMDD'] },
    DS: { good: ['1', '-1.5', '+.5', '1.', '1E5', '-1.25e-03'], bad: ['', '.', 'NaN', '1.5.2', '1E', '1 2', '0x10', '1'.repeat(17), '1,5'].slice(1) },
    DT: { good: ['2020', '202002', '20200229', '2020022910', '20200229101112.5', '20200229101112.123456+0100', '2020-0500'], bad: ['NaN', '202', '20201', '20200230', '2020+01', '2020022925'] },
    IS: { good: ['0', '-12', '+2147483647', '-2147483648'], bad: ['1.5', '2147483648', '--1', '1E3', '1234567890123'] },
    LO: { good: ['x'.repeat(64), '\u{1F600}'.repeat(64)], bad: ['x'.repeat(65)] },
    PN: { good: ['Doe^John', 'A^B^C^D^E', 'A=B=C', 'x'.repeat(64) + '=' + 'y'.repeat(64)], bad: ['x'.repeat(65), 'A^B^C^D^E^F', 'A=B=C=D'] },
    SH: { good: ['x'.repeat(16)], bad: ['x'.repeat(17)] },
    TM: { good: ['10', '1011', '101112', '101112.5', '235960'], bad: ['10:11:12', '24', '1060', '1', '101112.', '101112.1234567', '1011.5'] },
  };

  test.each(Object.entries(cases))('%s', (vr, { good, bad }) => {
    expect(good.filter((value) => formFault(vr, value) !== null)).toEqual([]);
    expect(bad.filter((value) => formFault(vr, value) === null)).toEqual([]);
  });

  test('every decimal that is written in sixteen characters is one', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const text = [String(value), value.toExponential(6)].find((written) => written.length <= 16);
        return text === undefined || formFault('DS', text) === null;
      }),
    );
  });

  test('every day there is, and no other, is a date', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.integer({ min: 0, max: 32 }), (year, month, day) => {
        const date = new Date(0);
        date.setUTCFullYear(year, month - 1, day);
        const real = date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
        const text = [String(year).padStart(4, '0'), String(month).padStart(2, '0'), String(day).padStart(2, '0')].join('');
        return (formFault('DA', text) === null) === real;
      }),
    );
  });

  test('control characters: of texts of lines the ends of lines are none', () => {
    expect(hasControl('LO', 'a\tb')).toBe(true);
    expect(hasControl('LT', 'a\tb\r\n')).toBe(false);
    expect(hasControl('LT', 'a\0b')).toBe(true);
  });
});

describe('UIDs (PS3.5 9.1)', () => {
  test('by hand', () => {
    expect(['1.2', '2.25.0', '2.25.340282366920938463463374607431768211455', '0.0', '1.39.7'].filter((uid) => !isUid(uid))).toEqual([]);
    expect(['', '1', '1.', '.1', '1..2', '1.02', '3.1', '1.40', '1.2.a', '1.2 ', '1.2.'.padEnd(66, '9'), '12.3', '1.2.840.10008.1.2.١'].filter(isUid)).toEqual([]);
  });

  test('components without leading zeros make one, whatever they are', () => {
    fc.assert(fc.property(fc.array(fc.bigInt({ min: 0n, max: 999_999_999n }), { minLength: 1, maxLength: 6 }), (components) => isUid(`2.${components.join('.')}`)));
  });
});

test('value multiplicities of the dictionary', () => {
  expect([0, 1, 2].map((count) => allowsCount(parseMultiplicity('1'), count))).toEqual([true, true, false]);
  expect([1, 2, 3, 4].map((count) => allowsCount(parseMultiplicity('2-2n'), count))).toEqual([false, true, false, true]);
  expect([1, 8, 9].map((count) => allowsCount(parseMultiplicity('1-8'), count))).toEqual([true, true, false]);
  expect(allowsCount(parseMultiplicity('1-n'), 1_000_000)).toBe(true);
  expect([3, 4].map((count) => allowsCount(parseMultiplicity('3-3n'), count))).toEqual([true, false]);
});

describe('elements of a file', () => {
  test('DCM-008: too many values, too few', () => {
    expect(say({ tag: '00280030', vr: 'DS', value: '1\\1\\1' })).toEqual(['DCM-008 PixelSpacing']);
    expect(say({ tag: '00200032', vr: 'DS', value: '1\\1' })).toEqual(['DCM-008 ImagePositionPatient']);
    expect(say({ tag: '00280010', vr: 'US', value: [2, 2] })).toContain('DCM-008 Rows');
  });

  test('DCM-009: forms, VRs of another kind, lengths; nested too', () => {
    expect(say({ tag: '00080020', vr: 'DA', value: '2020.02.29' })).toEqual(['DCM-009 StudyDate']);
    expect(say({ tag: '00200013', vr: 'LO', value: '1' })).toEqual(['DCM-009 InstanceNumber']);
    expect(say({ tag: '00281052', vr: 'DS', value: 'x' })).toEqual(['DCM-009 RescaleIntercept']);
    expect(say({ tag: '00280010', vr: 'US', value: Buffer.from([2, 0, 0, 0, 1, 0]) })).toContain('DCM-008 Rows');
    expect(say({ tag: '00081140', vr: 'SQ', value: [[{ tag: '00081150', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' }, { tag: '00081155', vr: 'UI', value: '2.25.05' }]] })).toEqual(['DCM-018 (0008,1140)[1]/(0008,1155)']);
    expect(say({ tag: '00190010', vr: 'LO', value: 'ACME' }, { tag: '00191001', vr: 'DS', value: 'none' }, { tag: '00191002', vr: 'US', value: Buffer.alloc(6) })).toEqual([]);
    expect(say({ tag: '00190010', vr: 'LO', value: 'ACME' }, { tag: '00191002', vr: 'UL', value: Buffer.alloc(6) }, { tag: '00191003', vr: 'LO', value: Buffer.from([0xfc, 0x20]) })).toEqual(['DCM-009 warning (0019,1002)', 'DCM-010 warning (0019,1003)']);
  });

  test('DCM-009: UN is allowed for anything', () => {
    expect(say({ tag: '00200010', vr: 'UN', value: Buffer.from('1 ') })).toEqual([]);
  });

  test('DCM-010: bytes that the declared set does not have, and bytes that nothing declares', () => {
    const name = { tag: '00081030', vr: 'LO', value: Buffer.from([0x4d, 0xfc, 0x6c, 0x6c]) };
    expect(say(name)).toEqual(['DCM-010 StudyDescription']);
    expect(say(name, { tag: '00080005', vr: 'CS', value: 'ISO_IR 100' })).toEqual([]);
    expect(say(name, { tag: '00080005', vr: 'CS', value: '' })).toContain('DCM-010 StudyDescription');
    expect(say({ ...name, value: 'Müll' })).toEqual([]);
    expect(say({ tag: '00080005', vr: 'CS', value: 'ISO_IR 999' })).toEqual(['DCM-008 warning SpecificCharacterSet', 'DCM-010 SpecificCharacterSet']);
  });

  test('DCM-010: names with digits are warned of, unless they are the pseudonym', () => {
    const [finding, ...others] = judgeFile({ elements: withElements({ tag: '00100010', vr: 'PN', value: 'DOE_1' }) });
    expect([finding, others]).toMatchObject([{ code: 'DCM-010', level: 'warning', tag: 'PatientName' }, []]);
    expect(JSON.stringify(finding)).not.toContain('DOE_1');
    expect(say({ tag: '00100010', vr: 'PN', value: 'C1' })).toEqual([]);
    expect(say({ tag: '00100010', vr: 'PN', value: 'Doe^Jane' })).toEqual([]);
  });

  test('DCM-018: shared UIDs, UIDs of the standard, malformed ones', () => {
    expect(say({ tag: '0020000e', vr: 'UI', value: '2.25.101' })).toEqual(['DCM-018 SeriesInstanceUID']);
    expect(say({ tag: '0020000d', vr: 'UI', value: '1.2.840.10008.1.2.3' })).toEqual(['DCM-018 StudyInstanceUID']);
    expect(say({ tag: '00200052', vr: 'UI', value: '2.25.101' })).toEqual(['DCM-018 FrameOfReferenceUID']);
    expect(say({ tag: '00200052', vr: 'UI', value: '1.2.840.10008.1.4.1.1' })).toEqual([]);
    expect(say({ tag: '00200052', vr: 'UI', value: '1.2.03' })).toEqual(['DCM-018 FrameOfReferenceUID']);
  });
});

test('no finding repeats a value, whatever attribute holds it', () => {
  const secret = 'Zq7Xk';
  const leaks: string[] = [];
  for (const [at, element] of ctSlice().entries()) {
    if (typeof element.value !== 'string') continue;
    const elements = ctSlice().with(at, { ...element, value: `${secret}\\${secret}` });
    for (const finding of judgeFile({ elements })) if (JSON.stringify({ ...finding, content: null }).includes(secret)) leaks.push(`${element.tag} ${finding.code}`);
  }
  expect(leaks).toEqual([]);
});
