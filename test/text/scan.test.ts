import { describe, expect, test } from '@jest/globals';
import { found, makeScanner } from '../support/text-scanner.js';

const scan = makeScanner();

/** What each rule finds beside what it passes: the two differ in as little as possible. */
const PAIRS: readonly (readonly [leak: string, codes: string[], clean: string])[] = [
  ['SMITH^JOHN', ['DID-040 error'], 'THORAX^ROUTINE'],
  ['HEAD^JOHN', ['DID-040 error'], 'HEAD^ROUTINE'],
  ['WILLIS, BRUCE', ['DID-040 error'], 'WILLIS, CIRCLE'],
  ['DR. HILL', ['DID-040 error'], 'DR HIP'],
  ['XR KNEE KOWALSKI', ['DID-040 warning'], 'XR KNEE FOLEY'],
  ['tech: JS', ['DID-040 error'], 'tech: CT'],
  ['MRN: 123', ['DID-041 error'], 'MRI: 123'],
  ['1234567', ['DID-041 error'], '123456'],
  ['123456789012', ['DID-041 error'], '1234567890123'],
  ['123-45-6789', ['DID-041 error'], '12-345-6789'],
  ['215-555-1234', ['DID-042 error'], '100-200-1200'],
  ['215 555 1234', ['DID-042 error'], '500 600 1200'],
  ['info@site.org', ['DID-042 error'], '3 @ 5 mm'],
  ['192.168.0.1', ['DID-042 error'], '1.2.840.10008.5.1.4'],
  ['4.1.2.0', ['DID-042 warning'], 'v4.1.2.0'],
  ['00:1A:2B:3C:4D:5E', ['DID-042 error'], '12:34:56'],
  ['2020-01-31', ['DID-043 error'], '2020-13-31'],
  ['1/31/20', ['DID-043 error'], '12/24 slices'],
  ['20200131', ['DID-043 error'], '2020'],
  ['March 2020', ['DID-043 error'], 'MAR 3'],
  ['Philadelphia, PA 19104', ['DID-044 error'], 'CHEST PA 71045'],
  ['Ward 7B', ['DID-044 error'], 'ROOM 2 VIEWS'],
  ['BED 3', ['DID-044 warning'], '3 BED POSITIONS'],
  ['Mercy Hospital', ['DID-044 error'], 'outside hospital'],
  ['CHEST GREENSBORO', ['DID-044 warning'], 'CHEST CAROLINA'],
  ['94 y/o', ['DID-045 error'], '89 y/o'],
  ['090Y', ['DID-045 error'], '089Y'],
  ['DOB 1929', ['DID-045 error'], 'since 1929'],
  ['/home/jdoe', ['DID-046 error'], '/usr/share'],
  ['user: jdoe', ['DID-046 error'], 'user: unknown'],
  ['胸部正位', ['DID-047 warning'], 'chest'],
  ['CHEST REF PHYS HALVORSEN', ['DID-040 error'], 'CHEST REF PHYS'],
  ['jdoe (at) site (dot) org', ['DID-042 error'], 'EXERCISE (AT) PEAK'],
  ['tel 312-555-\r\n0188', ['DID-042 error'], 'B-VAL 500-600- 1000'],
  ['//radsrv02/share', ['DID-046 error'], 'CHEST // AP/PA'],
  ['AET MERCYPACS01', ['DID-046 error'], 'AET CHEST 1'],
];

describe('what each rule finds and what it passes', () => {
  test.each(PAIRS)('%s: %j, but not %s', (leak, codes, clean) => {
    expect(found(scan, leak)).toEqual(codes);
    expect(found(scan, clean)).toEqual([]);
  });
});

describe('where and how a hit is told', () => {
  test('offsets are those of the text that was given', () => {
    const text = 'CT\u200b CHEST — ＳＭＩＴＨ＾ＪＯＨＮ 2 views';
    const [hit] = scan(text);
    expect(text.slice(hit?.start, hit?.end)).toBe('ＳＭＩＴＨ＾ＪＯＨＮ');
  });

  test('it never repeats the value', () => {
    for (const [leak] of PAIRS) for (const { what } of scan(leak)) expect(what.toUpperCase()).not.toContain(leak.toUpperCase());
  });

  test('hits come in the order of the text', () => {
    const starts = scan('MRN: 123456, SMITH^JOHN, 2020-01-31, 215-555-1234').map(({ start }) => start);
    expect(starts).toEqual([...starts].sort((a, b) => a - b));
    expect(starts.length).toBe(4);
  });

  test('an error is not lost behind many warnings', () => {
    const hits = scan(`${'KOWALSKI chest '.repeat(100)} SMITH^JOHN`);
    expect(hits.filter(({ level }) => level === 'error').length).toBe(1);
    expect(hits.length).toBe(20);
  });
});

describe('what the caller and the policy say', () => {
  test('dummy values are no names', () => {
    expect(scan('anonymous')).toEqual([]);
    expect(makeScanner({ dummy_values: ['DOE^JANE'] })('doe^jane ')).toEqual([]);
    expect(found(makeScanner({ dummy_values: [] }), 'doe^jane')).toEqual(['DID-040 error']);
  });

  test('a name alone is an error where a name is asked for', () => {
    expect(found(scan, 'Kowalski', { kind: 'name' })).toEqual(['DID-040 error']);
  });

  test('numbers and dates of software say nothing, names in it do', () => {
    const context = { kind: 'description', keyword: 'SoftwareVersions' } as const;
    expect(scan('453561826131__PRINTERS.11.217__[2015/07/02] 10.0.0.1', context)).toEqual([]);
    expect(found(scan, 'built by SMITH^JOHN', context)).toEqual(['DID-040 error']);
    expect(scan('85756007', { kind: 'description', keyword: 'CodeValue' })).toEqual([]);
  });

  test('behind the limit nothing is scanned, and a hit says so', () => {
    const short = makeScanner({ limits: { text_chars: 20, inflated_bytes: 1, pixels: 1 } });
    expect(short('chest '.repeat(5))).toEqual([{ code: 'DID-047', level: 'warning', what: 'more text than is scanned', start: 20, end: 20 }]);
    expect(found(short, 'SMITH^JOHN '.repeat(3))).toEqual(['DID-040 error', 'DID-047 warning']);
    expect(short('chest chest chest 12')).toEqual([]);
  });

  test('a second look at the same value is the same, also under another context', () => {
    const first = scan('Kowalski', { kind: 'cell' });
    scan('Kowalski', { kind: 'name' });
    expect(scan('Kowalski', { kind: 'cell' })).toEqual(first);
  });
});

describe('other ways of writing', () => {
  test.each([
    ['full width', 'ＭＲＮ：１２３４５６', 'DID-041'],
    ['zero width', 'M\u200bR\u200dN 12\u20603456', 'DID-041'],
    ['right-to-left marks', '\u202eMRN\u202c 123456', 'DID-041'],
    ['Arabic digits', 'MRN ١٢٣٤٥٦', 'DID-041'],
    ['look-alikes', 'Ѕmіth, Јоhn', 'DID-040'],
    ['look-alikes only', 'ЈОНN^ЅМІТН', 'DID-040'],
    ['accents', 'Müller, Jürgen', 'DID-040'],
    ['decomposed accents', 'Mu\u0308ller, Ju\u0308rgen', 'DID-040'],
    ['misread letters', 'SM1TH, J0HN', 'DID-040'],
    ['dashes of other kinds', '2020‑01–31', 'DID-043'],
  ])('%s hide nothing', (_name, text, code) => {
    expect(scan(text).map((hit) => hit.code)).toContain(code);
  });

  test('letters that only look Latin are told, and so are characters that were lost', () => {
    expect(found(scan, 'сhest')).toEqual(['DID-047 warning']);
    expect(found(scan, 'chest \ufffd')).toEqual(['DID-047 warning']);
  });

  test.each(['王小明', '欧阳娜娜', '佐藤 太郎', '李 娜', '김민수', '김 민수', 'Иванов', 'محمد', 'כהן', 'Παπαδόπουλος', '患者李娜'])('%s is a name', (text) => {
    expect(scan(text).map((hit) => hit.code)).toContain('DID-040');
  });

  test.each(['高分辨率', '张口位', '常规扫描', '조영제', 'грудная клетка', 'صدر', 'ทรวงอก'])('%s is text that somebody has to read', (text) => {
    expect(found(scan, text)).toEqual(['DID-047 warning']);
  });
});
