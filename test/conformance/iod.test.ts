import { describe, expect, test } from '@jest/globals';
import { compileCondition, holds } from '../../src/conformance/condition.js';
import { iodRules } from '../../src/conformance/iod-rules.js';
import { iodTables } from '../../src/conformance/iod-tables.js';
import { Place } from '../../src/conformance/place.js';
import { DataSet } from '../../src/dicom/data-set.js';
import { POLICY_PROFILES } from '../../src/model/policy-profiles.js';
import { ctSlice, judgeFile, summary, withElements, without } from './ct-slice.js';

const say = (elements = ctSlice()): string[] => summary(judgeFile({ elements }));

test('a conformant slice gives no finding at all', () => {
  expect(judgeFile({ elements: ctSlice() })).toEqual([]);
});

describe('DCM-004', () => {
  test('a class that the policy does not allow, one without rules, a retired one, none', () => {
    const messages = (sopClass: string, allowed: string[]) => judgeFile({ elements: withElements({ tag: '00080016', vr: 'UI', value: sopClass }) }, { sop_classes: allowed }).filter(({ code }) => code === 'DCM-004');
    expect(messages('1.2.840.10008.5.1.4.1.1.7', POLICY_PROFILES.public.sop_classes)).toMatchObject([{ message: expect.stringContaining('not one of those that the policy allows') }]);
    expect(messages('1.2.840.10008.5.1.4.1.1.77.1.6', ['1.2.840.10008.5.1.4.1.1.77.1.6'])).toMatchObject([{ message: expect.stringContaining('cannot be judged') }]);
    expect(messages('1.2.840.10008.5.1.4.1.1.6', ['1.2.840.10008.5.1.4.1.1.6'])).toMatchObject([{ level: 'warning' }]);
    expect(messages('', ['1.2.840.10008.5.1.4.1.1.2'])).toHaveLength(1);
    expect(messages('1.2.840.10008.5.1.4.1.1.2', ['1.2.840.10008.5.1.4.1.1.2'])).toEqual([]);
  });

  test('a private class is not repeated: its root may name a site', () => {
    const [finding] = judgeFile({ elements: withElements({ tag: '00080016', vr: 'UI', value: '1.3.6.1.4.1.99999.7' }) });
    expect(finding).toMatchObject({ code: 'DCM-004' });
    expect(JSON.stringify({ ...finding, content: null })).not.toContain('99999');
  });

  test('every class that the public profile allows has rules', () => {
    for (const sopClass of POLICY_PROFILES.public.sop_classes) expect([sopClass, iodRules(sopClass)?.modules.length ?? 0]).toEqual([sopClass, expect.any(Number)]);
    expect(POLICY_PROFILES.public.sop_classes.filter((sopClass) => iodRules(sopClass) === null)).toEqual([]);
  });
});

describe('DCM-005', () => {
  test('a mandatory module of which nothing is there', () => {
    const findings = judgeFile({ elements: without('00200052', '00201040') });
    expect(summary(findings)).toEqual(['DCM-005 FrameOfReferenceUID', 'DCM-006 FrameOfReferenceUID', 'DCM-006 PositionReferenceIndicator']);
    expect(findings[0]?.message).toContain('Frame of Reference');
  });

  test('a part of a module is no missing module', () => {
    expect(say(without('00200052'))).toEqual(['DCM-006 FrameOfReferenceUID']);
  });

  test('a user option is not missed', () => {
    expect(say(without('00101010'))).toEqual([]);
  });
});

describe('DCM-006', () => {
  test('type 2 is missing; empty is allowed', () => {
    expect(say(without('00100030'))).toEqual(['DCM-006 PatientBirthDate']);
  });

  test('type 1 is missing, or empty', () => {
    expect(say(without('0020000e'))).toEqual(['DCM-006 SeriesInstanceUID']);
    expect(say(withElements({ tag: '0020000e', vr: 'UI', value: '' }))).toEqual(['DCM-006 SeriesInstanceUID']);
  });

  test('type 2C is missing where its condition holds', () => {
    expect(say(without('00185100'))).toEqual(['DCM-006 PatientPosition']);
  });

  test('a 1C that is empty, whether demanded or not', () => {
    const request = [{ tag: '00400009', vr: 'SH', value: '' }, { tag: '00401001', vr: 'SH', value: '' }];
    expect(say(withElements({ tag: '00400275', vr: 'SQ', value: [request] }))).toEqual(['DCM-006 (0040,0275)[1]/(0040,0009)', 'DCM-006 (0040,0275)[1]/(0040,1001)']);
  });

  test('what all items lack is said once, with the first of them', () => {
    const items = [1, 2, 3].map(() => [{ tag: '00080100', vr: 'SH', value: '113100' }, { tag: '00080104', vr: 'LO', value: 'x' }]);
    expect(say(withElements({ tag: '00120064', vr: 'SQ', value: items }))).toEqual(['DCM-006 (0012,0064)[1]/(0008,0102)']);
  });

  test('a value of a blank is none', () => {
    expect(say(withElements({ tag: '00080060', vr: 'CS', value: '  ' }))).toEqual(['DCM-006 Modality']);
  });
});

describe('DCM-007', () => {
  test('a 1C whose condition fails, and which may not be there otherwise', () => {
    expect(say(withElements({ tag: '00280006', vr: 'US', value: [0] }))).toEqual(['DCM-007 PlanarConfiguration']);
  });
});

describe('DCM-008', () => {
  test('enumerated values are an error, defined terms a warning, numbers compare as numbers', () => {
    expect(say(withElements({ tag: '00100040', vr: 'CS', value: 'FEMALE' }))).toEqual(['DCM-008 PatientSex']);
    expect(say(withElements({ tag: '00180015', vr: 'CS', value: 'THORAX' }))).toContain('DCM-008 warning BodyPartExamined');
    expect(say(withElements({ tag: '00280103', vr: 'US', value: [2] }))).toEqual(['DCM-008 PixelRepresentation']);
    expect(say(withElements({ tag: '00281053', vr: 'DS', value: '0.0' }))).toEqual(['DCM-008 RescaleSlope']);
  });

  test('one value of several, by its place', () => {
    expect(say(withElements({ tag: '00080008', vr: 'CS', value: 'NEW\\PRIMARY\\AXIAL' }))).toEqual(['DCM-008 ImageType']);
    expect(say(withElements({ tag: '00080008', vr: 'CS', value: 'ORIGINAL\\PRIMARY' }))).toEqual(['DCM-006 ImageType']);
  });

  test('a finding lists the terms, but never the value', () => {
    const [finding] = judgeFile({ elements: withElements({ tag: '00100040', vr: 'CS', value: 'SMITH' }) });
    expect(finding).toMatchObject({ expected: 'M, F, O' });
    expect(JSON.stringify({ ...finding, content: null })).not.toContain('SMITH');
  });
});

describe('DCM-016', () => {
  const laterality = { tag: '00200060', vr: 'CS', value: 'L' };

  test('a side of an unpaired part, an empty one, and a missing one of a paired part', () => {
    expect(say(withElements(laterality))).toEqual(['DCM-016 warning Laterality']);
    expect(say(withElements({ ...laterality, value: '' }))).toEqual(['DCM-016 warning Laterality', 'DCM-016 warning Laterality']);
    expect(say(withElements({ tag: '00180015', vr: 'CS', value: 'KNEE' }))).toEqual(['DCM-016 warning Laterality']);
    expect(say(withElements({ tag: '00180015', vr: 'CS', value: 'KNEE' }, laterality))).toEqual([]);
  });
});

describe('DCM-017', () => {
  test('what the IOD has not and what is retired are one finding each, private attributes none', () => {
    const findings = judgeFile({
      elements: withElements(
        { tag: '00080000', vr: 'UL', value: [4] },
        { tag: '00101040', vr: 'LO', value: 'x' },
        { tag: '00091001', vr: 'LO', value: 'x' },
        { tag: '00324000', vr: 'LT', value: 'x' },
        { tag: '00321033', vr: 'LO', value: 'x' },
        { tag: '00200010', vr: 'SH', value: '' },
      ),
    });
    expect(summary(findings)).toEqual(['DCM-017', 'DCM-017', 'DCM-017 StudyID']);
    expect(findings.map(({ found }) => found)).toEqual(['RequestingService, PatientAddress', 'StudyComments', undefined].map((text) => text?.split(', ').toSorted().join(', ')));
  });
});

describe('overlays', () => {
  const overlay = (group: string, rows: number) => [
    { tag: `${group}0010`, vr: 'US', value: [rows] },
    { tag: `${group}0011`, vr: 'US', value: [2] },
    { tag: `${group}0040`, vr: 'CS', value: 'G' },
    { tag: `${group}0050`, vr: 'SS', value: [1, 1] },
    { tag: `${group}0100`, vr: 'US', value: [1] },
    { tag: `${group}0102`, vr: 'US', value: [0] },
    { tag: `${group}3000`, vr: 'OW', value: Buffer.alloc(2) },
  ];

  test('each group is judged by itself', () => {
    expect(say(withElements(...overlay('6000', 2), ...overlay('6002', 2)))).toEqual([]);
    const broken = overlay('6002', 2).filter(({ tag }) => tag !== '60020040');
    expect(say(withElements(...overlay('6000', 2), ...broken))).toEqual(['DCM-006 (6002,0040)']);
  });
});

describe('conditions', () => {
  const place = Place.top(new DataSet(null), new DataSet(null));

  test('what no machine can evaluate is unknown, and decides nothing', () => {
    const unknown = { tag: '00080008', keyword: 'ImageType', op: 'present' as const, x_note: 'by hand' };
    const ask = (tree: Parameters<typeof compileCondition>[0]) => holds(compileCondition(tree, ''), place);
    expect(ask(unknown)).toBeNull();
    expect(ask({ not: unknown })).toBeNull();
    expect(ask({ all: [unknown, { const: false }] })).toBe(false);
    expect(ask({ any: [unknown, { const: true }] })).toBe(true);
    expect(ask({ all: [unknown, { const: true }] })).toBeNull();
  });

  test('every condition of the tables compiles to something that can be asked', () => {
    const failed = Object.entries(iodTables().conditions).filter(([, tree]) => holds(compileCondition(tree, '1.2.3'), place) === null);
    expect(failed.map(([name]) => name)).toEqual([]);
  });
});
