import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { IdentifierFilter, IdentifierList, readIdentifiers, type IdentifierSet } from '../../src/deidentification/identifier-set.js';
import { foldText, formsOf } from '../../src/deidentification/identifier-words.js';
import { KeyedBloom } from '../../src/fixity/keyed-bloom.js';
import { fragments, jpeg, JPEG_BASELINE } from './planted-leaks.js';
import { elementsWith, fileWith, judge, options, type Changes } from './released-file.js';
import { writeDicom, type DicomFile } from '../support/dicom-writer.js';

const KEY = Buffer.from('0123456789abcdef0123456789abcdef');
const SITE = ['Ann Bellweather', 'Müller, Jürgen', 'MRN0048812', 'A10048812', '山田太郎', '1.2.840.113619.2.55.3.604688119.971', '# a comment', 'ab'];
const list = new IdentifierList(SITE.filter((line) => !line.startsWith('#')));
const filter = new IdentifierFilter(list.toFilter(KEY), KEY);
const SETS: [string, IdentifierSet][] = [
  ['a list', list],
  ['a keyed filter', filter],
];
const open: { private_elements: { creator: string; element: string }[] } = { private_elements: [{ creator: 'ACME 1.0', element: '0099,01' }] };

function privateBytes(bytes: Buffer): Changes {
  return { '00120064': options('113105', '113107', '113108', '113111'), '00990010': ['LO', 'ACME 1.0'], '00991001': ['OB', bytes] };
}

function tagsOf(changes: Changes, known: IdentifierSet, file: Partial<DicomFile> = {}): (string | undefined)[] {
  const { findings } = judge(fileWith(changes, file), open, known);
  return findings.filter(({ code }) => code === 'DID-099').map(({ tag }) => tag);
}

describe.each(SETS)('identifiers of %s are found', (_name, known) => {
  test.each<[string, Changes, string]>([
    ['as they are', { '00204000': ['LT', 'seen: MRN0048812.'] }, 'ImageComments'],
    ['in another case', { '00204000': ['LT', 'seen: mrn0048812.'] }, 'ImageComments'],
    ['as a name turned round', { '00081030': ['LO', 'CT BELLWEATHER^ANN'] }, 'StudyDescription'],
    ['in a private value', privateBytes(Buffer.concat([Buffer.from([1, 200]), Buffer.from('bellweather, ann'), Buffer.from([7, 9])])), '(0099,1001)'],
    ['in UTF-16 little endian', privateBytes(Buffer.from('id A10048812', 'utf16le')), '(0099,1001)'],
    ['in UTF-16 big endian', privateBytes(Buffer.from('id A10048812 ', 'utf16le').swap16()), '(0099,1001)'],
    ['in the pixels', { '7fe00010': ['OW', Buffer.concat([Buffer.alloc(10, 0x81), Buffer.from('MRN0048812'), Buffer.alloc(10, 0x81)])] }, 'PixelData'],
  ])('%s', (_what, changes, tag) => expect(tagsOf(changes, known)).toContain(tag));

  test.each<[string, Buffer]>([
    ['zlib', deflateSync(Buffer.from('x'.repeat(40) + ' MRN0048812 '))],
    ['gzip', gzipSync(Buffer.from('y'.repeat(40) + ' Ann Bellweather '))],
    ['zlib with UTF-16', deflateSync(Buffer.from(' MRN0048812 and more of it', 'utf16le'))],
  ])('in a stream of %s', (_what, bytes) => {
    const { findings } = judge(fileWith(privateBytes(Buffer.concat([Buffer.from([1, 2, 3]), bytes]))), open, known);
    expect(findings.map(({ code, message }) => [code, message])).toEqual([['DID-099', 'A compressed stream in the file holds an identifier that the site knows.']]);
  });

  test('in a deflated file', () => expect(tagsOf({ '00204000': ['LT', 'MRN0048812'] }, known, { transferSyntax: '1.2.840.10008.1.2.1.99' })).toEqual(['ImageComments']));

  test('with accents, in whatever character set', () => {
    expect(judge(fileWith({ '00081030': ['LO', 'CT Müller Jürgen'] }), {}, known).findings.map(({ code }) => code)).toContain('DID-099');
    expect(judge(fileWith({ '00081030': ['LO', 'CT 山田太郎'] }), {}, known).findings.map(({ code }) => code)).toContain('DID-099');
  });

  test('in compressed frames and behind the data set', () => {
    const elements = [...elementsWith({ '7fe00010': null }), { tag: '7fe00010', vr: 'OB', value: fragments(jpeg([0xfe, 'Lavc MRN0048812'])), undefinedLength: true }];
    expect(judge(writeDicom({ transferSyntax: JPEG_BASELINE, elements }), {}, known).findings.map(({ code }) => code)).toContain('DID-099');
    expect(judge(Buffer.concat([fileWith(), Buffer.from('  Ann Bellweather ')]), {}, known).findings.map(({ code }) => code)).toContain('DID-099');
  });

  test('a UID of the source is DID-016, and said once', () => {
    const { findings } = judge(fileWith({ '0020000d': ['UI', '1.2.840.113619.2.55.3.604688119.971'] }), {}, known);
    expect(findings.map(({ code, tag }) => [code, tag])).toEqual([['DID-013', 'StudyInstanceUID'], ['DID-016', 'StudyInstanceUID']]);
  });

  test('a clean file is no finding, and both rules looked', () => {
    const said = judge(fileWith(), {}, known);
    expect(said.findings).toEqual([]);
    expect(said.looked.has('DID-099') && said.looked.has('DID-016')).toBe(true);
  });

  test('no finding shows an identifier', () => {
    const { findings } = judge(fileWith({ '00204000': ['LT', 'MRN0048812 Ann Bellweather'] }), {}, known);
    for (const { content: _content, ...shown } of findings) expect(JSON.stringify(shown)).not.toMatch(/0048812|ellweather/i);
  });
});

test('without a list neither rule applies', () => {
  const { looked } = judge(fileWith());
  expect(looked.has('DID-099') || looked.has('DID-016')).toBe(false);
});

test('words of names that only contain another are no match', () => {
  expect(judge(fileWith({ '00081030': ['LO', 'CT ANNULAR BELLWEATHERS'] }), {}, list).findings).toEqual([]);
});

test('a long identifier inside a longer word is found in a list', () => {
  expect(judge(fileWith({ '00204000': ['LT', 'XMRN0048812Y'] }), {}, list).findings.map(({ code }) => code)).toContain('DID-099');
});

test('what is too short to be looked for is counted', () => expect(list.unusable).toBe(1));

test('any identifier of letters and digits is found wherever it stands in any bytes', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{5,9}[0-9]{4,7}$/), fc.uint8Array({ maxLength: 64 }), fc.uint8Array({ maxLength: 64 }), (identifier, before, after) => {
      const known = new IdentifierList([identifier]);
      const bytes = Buffer.concat([Buffer.from(before), Buffer.from('|'), Buffer.from(identifier.toUpperCase()), Buffer.from('|'), Buffer.from(after)]);
      return judge(fileWith(privateBytes(bytes)), open, known).findings.some(({ code }) => code === 'DID-099');
    }),
    { numRuns: 60 },
  );
});

describe('a keyed filter', () => {
  test('holds what was put in, and next to nothing else', () => {
    const bloom = KeyedBloom.forEntries(5000, KEY);
    for (let index = 0; index < 5000; index += 1) bloom.add(`entry ${index}`);
    const copy = KeyedBloom.open(bloom.toDocument(), KEY);
    for (let index = 0; index < 5000; index += 1) expect(copy.has(`entry ${index}`)).toBe(true);
    let wrong = 0;
    for (let index = 0; index < 20_000; index += 1) if (copy.has(`other ${index}`)) wrong += 1;
    expect(wrong).toBe(0);
  });

  test('tells another key, a short key, and damage', () => {
    const document = KeyedBloom.forEntries(10, KEY).toDocument();
    expect(() => KeyedBloom.open(document, Buffer.alloc(32, 9))).toThrow('another key');
    expect(() => KeyedBloom.forEntries(10, Buffer.alloc(8))).toThrow('at least 16 bytes');
    expect(() => KeyedBloom.open({ ...document, bits: 4096 }, KEY)).toThrow('damaged');
    expect(() => KeyedBloom.open({ ...document, hashes: 1e9 }, KEY)).toThrow('damaged');
  });

  test('holds no entry in the clear, and another key makes other bits', () => {
    const made = JSON.stringify(list.toFilter(KEY));
    expect(made).not.toMatch(/bellweather|0048812/i);
    expect(list.toFilter(Buffer.alloc(32, 7)).filter).not.toBe(list.toFilter(KEY).filter);
  });

  test('a file of either kind is read', () => {
    expect(readIdentifiers(Buffer.from(`\ufeff${SITE.join('\r\n')}\n`), null).has('mrn0048812')).toBe(true);
    const bytes = Buffer.from(JSON.stringify(list.toFilter(KEY)));
    expect(readIdentifiers(bytes, KEY).has('ann bellweather')).toBe(true);
    expect(() => readIdentifiers(bytes, null)).toThrow('needs its key');
    expect(() => readIdentifiers(Buffer.from('{"format":'), KEY)).toThrow('damaged');
  });
});

test('forms of an identifier', () => {
  expect(formsOf('BELLWEATHER^ANN')).toEqual(['bellweather ann', 'ann bellweather']);
  expect(formsOf('Ann Q. Bellweather')).toContain('bellweather ann');
  expect(formsOf('MRN-0048812')).toEqual(['mrn 0048812']);
  expect(formsOf('1.2.840.1')).toEqual(['1.2.840.1']);
  expect(formsOf('ab')).toEqual([]);
  expect(foldText('Müller')).toBe('muller');
});
