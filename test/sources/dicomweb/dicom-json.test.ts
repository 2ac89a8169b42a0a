import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { KEPT_ATTRIBUTES } from '../../../src/model/header.js';
import { parseDicomJson, type JsonElement } from '../../../src/sources/dicomweb/dicom-json.js';
import { readJsonHeader } from '../../../src/sources/dicomweb/dicom-json-header.js';
import { jsonText } from '../../../src/sources/dicomweb/dicom-json-value.js';
import { quoteNumbers } from '../../../src/sources/dicomweb/json-numbers.js';
import { valueOf } from '../../support/dicom-corpus.js';

const parse = (json: string): ReturnType<typeof parseDicomJson> => parseDicomJson(Buffer.from(json));

/** The reading of one data set. */
function read(json: string): ReturnType<typeof readJsonHeader> {
  const parsed = parse(json);
  if (!parsed.ok) throw new Error(parsed.reason);
  return readJsonHeader(parsed.dataSets[0]!);
}

describe('numbers', () => {
  test('are kept as they were written', () => {
    expect(quoteNumbers('[1, 2.50, -3e+7, {"a": 0.1234567890123456789, "b": "4"}, true]')).toBe('["1", "2.50", "-3e+7", {"a": "0.1234567890123456789", "b": "4"}, true]');
    expect(quoteNumbers('5')).toBe('"5"');
  });

  test('that are none stay what they are', () => expect(quoteNumbers('[01, -, 1.e5, "1\\"2", 1.5.6')).toBe('[01, -, 1.e5, "1\\"2", 1.5.6'));

  test('in any JSON: only numbers become texts', () => {
    const asTexts = (value: unknown): unknown => {
      if (typeof value === 'number') return JSON.stringify(value);
      if (Array.isArray(value)) return value.map(asTexts);
      return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asTexts(each)])) : value;
    };
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.nat(3), (value, indent) => {
        fc.pre(!JSON.stringify(value).includes('"__proto__"'));
        expect(JSON.parse(quoteNumbers(JSON.stringify(value, null, indent)))).toEqual(JSON.parse(JSON.stringify(asTexts(value))));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('values', () => {
  const element = (vr: string, values: unknown[] | null, elsewhere = false): JsonElement => ({ vr, values, elsewhere });

  test.each<[string, JsonElement, string | null]>([
    ['one', element('CS', ['CT']), 'CT'],
    ['several', element('CS', ['ORIGINAL', 'PRIMARY']), 'ORIGINAL\\PRIMARY'],
    ['an empty one between others', element('CS', ['DERIVED', null, 'X']), 'DERIVED\\\\X'],
    ['none', element('LO', null), ''],
    ['an empty list', element('LO', []), ''],
    ['padding', element('LO', ['  a b \0', 'c ']), 'a b\\c'],
    ['several in one text', element('LO', ['a \\ b']), 'a\\b'],
    ['a number', element('DS', ['2.50', '1e-3']), '2.50\\1e-3'],
    ['a name', element('PN', [{ Alphabetic: 'Doe^Jane ' }]), 'Doe^Jane'],
    ['a name in three groups', element('PN', [{ Alphabetic: 'Yamada^Tarou', Ideographic: '山田^太郎', Phonetic: 'やまだ^たろう' }]), 'Yamada^Tarou=山田^太郎=やまだ^たろう'],
    ['a name without its first group', element('PN', [{ Ideographic: '王' }]), '=王'],
    ['a name whose last group is empty', element('PN', [{ Alphabetic: 'Wang', Ideographic: '王', Phonetic: '' }]), 'Wang=王='],
    ['a name that is a text', element('PN', ['Doe^Jane']), 'Doe^Jane'],
    ['an empty name', element('PN', [{}]), ''],
    ['a sequence', element('SQ', [{}]), null],
    ['bulk data', element('LO', null, true), null],
    ['true', element('CS', [true]), null],
    ['a list', element('CS', [['CT']]), null],
    ['a name of something else', element('PN', [{ Alphabetic: ['x'] }]), null],
    ['too much', element('LO', ['x'.repeat(65_537)]), null],
    ['half a character', element('LO', ['a\ud800b']), 'a\ufffdb'],
  ])('%s', (_name, given, text) => {
    const got = jsonText(given);
    expect(got.text).toBe(text);
    expect(got.flawed).toBe(text === null || text.includes('\ufffd'));
  });
});

describe('a header', () => {
  test('holds what is kept, absent, empty or a value, and tags in either case', () => {
    const reading = read('[{"00080018": {"vr": "UI", "Value": ["1.2"]}, "0020000d": {"vr": "UI", "Value": ["1.3"]}, "0020000D": {"vr": "UI", "Value": ["1.4"]}, "00100040": {"vr": "CS"}, "00280010": {"vr": "US", "Value": [512]}, "00020010": {"vr": "UI", "Value": ["1.2.840.10008.1.2"]}}]');
    expect([reading.status, reading.TransferSyntaxUID]).toEqual(['ok', '1.2.840.10008.1.2']);
    expect(Object.fromEntries(KEPT_ATTRIBUTES.map(({ keyword }) => [keyword, valueOf(reading, keyword)] as const).filter(([, value]) => value !== null))).toEqual({ SOPInstanceUID: '1.2', StudyInstanceUID: '1.3', PatientSex: '', Rows: '512' });
  });

  test('is partial where a value cannot be had, and the sentence names the attribute but no value', () => {
    const reading = read('[{"00080060": {"vr": "CS", "Value": ["CT"]}, "00100020": {"vr": "LO", "BulkDataURI": "http://x/secret"}}]');
    expect(reading).toMatchObject({ status: 'partial', errorCode: 'malformed', error: 'PatientID is no text or number in the metadata that the server gives, so its value was not kept.' });
    expect(valueOf(reading, 'Modality')).toBe('CT');
  });

  test('is unreadable where there is none of it', () => expect(read('[{"00091010": {"vr": "UN", "InlineBinary": "AAAA"}}]')).toMatchObject({ status: 'unreadable', errorCode: 'malformed' }));
});

describe('answers', () => {
  test.each([
    ['<html></html>', 'the text is not JSON'],
    ['[1]', 'it is no list of data sets'],
    ['[[]]', 'it is no list of data sets'],
    ['null', 'it is no list of data sets'],
    ['[{"a": 1, "a": 2}]', 'the key "a" appears twice in one object'],
    ['[{"__proto__": {}}]', 'the key "__proto__" is not allowed'],
    ['['.repeat(100_000), 'nested deeper than 256 levels'],
    ['[{"00080060": {"vr": "CS", "Value": ["CT', 'the text is not JSON'],
  ])('that are none are refused: %.30j', (json, reason) => expect(parse(json)).toEqual({ ok: false, reason }));

  test('that are not UTF-8 are refused', () => expect(parseDicomJson(Buffer.from([0x5b, 0xff, 0x5d]))).toEqual({ ok: false, reason: 'it is not UTF-8' }));

  test('may be one data set alone, or none', () => {
    expect(parse('{"00080060": {"vr": "CS"}}')).toMatchObject({ ok: true, dataSets: [expect.any(Map)] });
    expect(parse('[]')).toEqual({ ok: true, dataSets: [] });
  });

  test('of any content are read or refused, never a crash', () => {
    const odd = fc.array(fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '-', 'e', '\\', '"vr"', '"Value"', '"00080060"', 'null', ' ', '\ud800'), { maxLength: 40 }).map((signs) => signs.join(''));
    fc.assert(fc.property(odd, (text) => void expect(typeof parse(text).ok).toBe('boolean')), { numRuns: 3000 });
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom('00080060', '00100010', '00100020'), fc.jsonValue()), (dataSet) => {
        const parsed = parse(JSON.stringify([dataSet]));
        if (parsed.ok) expect(['ok', 'partial', 'unreadable']).toContain(readJsonHeader(parsed.dataSets[0]!).status);
      }),
      { numRuns: 2000 },
    );
  });
});
