import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { DataSet, type DicomElement } from '../../src/dicom/data-set.js';
import { findAttribute } from '../../src/facts/attribute-dictionary.js';
import { OPTION } from '../../src/deidentification/options.js';
import { actionUnder, findProfileRule } from '../../src/deidentification/profile.js';
import { codeOf } from '../../src/deidentification/table-rules.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { ElementValue } from '../support/dicom-writer.js';
import { element, fileWith, judge } from './released-file.js';

interface Row {
  tag: string;
  keyword: string;
  vr: string;
  basic: string;
  options?: Record<string, 'K' | 'C'>;
}

const { attributes } = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'src/facts/dicom-deid-profile.json'), 'utf8')) as { attributes: Row[] };
const plain = attributes.filter(({ tag }) => /^[0-9a-f]{8}$/.test(tag));

/** A value that is no dummy. */
function value(vr: string): ElementValue {
  const binary = { US: [7], SS: [7], UL: [7], SL: [7], FL: [7], FD: [7] }[vr];
  if (binary !== undefined) return binary;
  if (vr === 'SQ') return [[element('00080100', 'SH', 'X17'), element('00080104', 'LO', 'Something')]];
  if (vr === 'OB' || vr === 'OW' || vr === 'UN') return Buffer.from([1, 2, 3, 4]);
  return { PN: 'Novak^Petra', DA: '20210314', DT: '20210314101500', TM: '101500', UI: '1.3.12.2.1107.5.1.4.7', DS: '7.5', IS: '7', CS: 'VALUE', AS: '044Y', AE: 'ROOM7' }[vr] ?? '0048812';
}

/** Rules that speak for attributes of the table instead of its own. */
const OTHERS = new Set(['DID-020', 'DID-021', 'DID-022', 'DID-050', 'DID-051', 'DID-064', 'DID-080', 'DID-081', 'DID-082', 'DID-083', 'DID-084', 'DID-085', 'DID-091', 'DID-002']);
/** Sequences that stay while what is in them is judged: dummies and new UIDs are among their outcomes. */
const judgedInside = (row: Row): boolean => row.vr === 'SQ' && /U\*/.test(row.basic);

test('every row of the table is found by its tag', () => {
  expect(plain.filter(({ tag }) => findProfileRule(Number.parseInt(tag, 16)) === undefined)).toEqual([]);
  expect(attributes).toHaveLength(621);
});

test('repeating groups are found, private and other groups are not', () => {
  for (const tag of [0x50000005, 0x50fe3000, 0x60003000, 0x601e4000]) expect(findProfileRule(tag)?.basic).toBe('X');
  for (const tag of [0x60000010, 0x60003001, 0x00280010, 0x7fe00010]) expect(findProfileRule(tag)).toBeUndefined();
});

test.each(plain.filter(({ tag }) => !tag.startsWith('0000') && !tag.startsWith('0002')).map((row): [string, Row] => [`${row.tag} ${row.keyword}`, row]))('%s with a value is a leak when nothing is declared', (_name, row) => {
  const vr = row.vr.split(' ')[0] ?? 'LO';
  const { findings } = judge(fileWith({ '00120064': null, '00280303': ['CS', 'REMOVED'], [row.tag]: [vr, value(vr)] }));
  const keyword = findAttribute(Number.parseInt(row.tag, 16))?.keyword;
  const own = findings.filter(({ tag }) => tag === keyword);
  if (judgedInside(row)) return expect(own).toEqual([]);
  expect(own).not.toHaveLength(0);
  const rule = findProfileRule(Number.parseInt(row.tag, 16));
  for (const { code } of own) expect(code === codeOf(Number.parseInt(row.tag, 16), rule as NonNullable<typeof rule>) || OTHERS.has(code) || code.startsWith('DID-04')).toBe(true);
});

test.each(plain.filter(({ options }) => options !== undefined).map((row): [string, Row] => [`${row.tag} ${row.keyword}`, row]))('%s stays under each of its options, and under no other', (_name, row) => {
  const rule = findProfileRule(Number.parseInt(row.tag, 16)) as NonNullable<ReturnType<typeof findProfileRule>>;
  for (const [name, bit] of Object.entries(OPTION)) {
    const expected = { K: 'keep', C: 'clean', none: 'basic' }[row.options?.[name] ?? 'none'];
    expect(actionUnder(rule, bit)).toBe(expected);
  }
});

test('a name of any attribute at any depth is found', () => {
  const names = plain.filter(({ vr }) => vr === 'PN');
  expect(names.length).toBeGreaterThan(25);
  for (const { tag } of names) {
    const { findings } = judge(fileWith({ '00189445': ['SQ', [[element('00189446', 'SQ', [[element(tag, 'PN', 'Novak^Petra')]])]]] }));
    expect(findings.map(({ code }) => code)).toEqual(['DID-022']);
  }
});

test('an empty attribute is never a leak', () => {
  const empty = Object.fromEntries(plain.filter(({ tag, vr }) => !tag.startsWith('000') && vr !== '' && !vr.includes(' ')).map(({ tag, vr }): [string, [string, ElementValue]] => [tag, [vr, '']]));
  const { findings } = judge(fileWith({ ...empty, '00100020': ['LO', 'SITE-000123'], '00120062': ['CS', 'YES'] }));
  expect(findings.filter(({ code }) => code !== 'DID-091' && code !== 'DID-085').map(({ tag }) => tag)).toEqual([]);
});

test('data sets and elements of the parser are what the rules read', () => {
  const dataSet = new DataSet(null);
  dataSet.push({ tag: 0x00100010, vr: 'PN' } as DicomElement);
  expect(dataSet.pathOf(0x00100010)).toBe('PatientName');
});
