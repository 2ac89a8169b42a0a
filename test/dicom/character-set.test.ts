import { describe, expect, test } from '@jest/globals';
import { decodeText } from '../../src/dicom/character-set.js';
import { readHeader } from '../../src/dicom/header.js';
import { type HeaderReading } from '../../src/model/header.js';
import { valueOf } from '../support/dicom-corpus.js';
import { writeDicom } from '../support/dicom-writer.js';

const decode = (declared: string | null, hex: string, vr = 'PN') => decodeText(Buffer.from(hex.replaceAll(' ', ''), 'hex'), vr, declared);

describe('defined terms of PS3.3 C.12.1.1.2', () => {
  test.each([
    ['ISO_IR 100', '42 75 63 5e 4a e9 72 f4 6d 65', 'Buc^Jérôme'],
    ['ISO_IR 101', 'a3 f3 64 bc', 'Łódź'],
    ['ISO_IR 109', 'b1', 'ħ'],
    ['ISO_IR 110', 'e0', 'ā'],
    ['ISO_IR 144', 'bb ee da 63 65 dc d1 79 70 d3', 'Люкceмбypг'],
    ['ISO_IR 127', 'e2 c8 c7 e6 ea 5e e4 e6 d2 c7 d1', 'قباني^لنزار'],
    ['ISO_IR 126', 'c4 e9 ef ed f5 f3 e9 ef f2', 'Διονυσιος'],
    ['ISO_IR 138', 'f9 f8 e5 ef 5e e3 e1 e5 f8 e4', 'שרון^דבורה'],
    ['ISO_IR 148', 'f0 fd', 'ğı'],
    ['ISO_IR 203', 'a4', '€'],
    ['ISO_IR 166', 'a1 d2', 'กา'],
    ['ISO_IR 13', 'd4 cf c0 de 5e c0 db b3', 'ﾔﾏﾀﾞ^ﾀﾛｳ'],
    ['ISO_IR 192', 'e7 8e 8b 5e e5 b0 8f e6 9d b1', '王^小東'],
    ['GB18030', 'cd f5 5e d0 a1 b6 ab', '王^小东'],
    ['GBK', 'cd f5 5e d0 a1 b6 ab', '王^小东'],
  ])('%s', (declared, hex, expected) => {
    expect(decode(declared, hex)).toEqual({ text: expected, flawed: false });
  });

  test.each(['ISO-IR 100', 'ISO IR 100', 'ISO_IR_100', 'ISO 2022 IR 100', 'ISO_2022_IR_100', 'iso_ir 100', 'ISO 2022-IR 100'])(
    '%s is taken for ISO_IR 100',
    (declared) => {
      expect(decode(declared, 'fc')).toEqual({ text: 'ü', flawed: false });
    },
  );
});

describe('code extension by ISO 2022', () => {
  test.each([
    // The examples of PS3.5 annexes H, I and K.
    [
      'ISO 2022 IR 13\\ISO 2022 IR 87',
      'd4cfc0de5ec0dbb33d1b24423b3345441b284a5e1b244242404f3a1b284a3d1b2442246424 5e24401b284a5e1b2442243f246d24261b284a',
      'ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎=やまだ^たろう',
    ],
    [
      '\\ISO 2022 IR 149',
      '486f6e675e47696c646f6e673d1b242943fbf35e1b242943d1ced4d73d1b242943c8ab5e1b242943b1e6b5bf',
      'Hong^Gildong=洪^吉洞=홍^길동',
    ],
    ['\\ISO 2022 IR 58', '5a68616e675e5869616f446f6e673d1b242941d5c55e1b242941d0a1b6ab3d', 'Zhang^XiaoDong=张^小东='],
    ['ISO 2022 IR 6\\ISO 2022 IR 159', '1b242844 3021 1b2842', '丂'],
    ['ISO 2022 IR 100\\ISO 2022 IR 144', 'fc 1b2d4c bbee 5e fc', 'üЛю^ü'],
    // The wave dash of JIS X 0208 itself, not of Microsoft's table.
    ['\\ISO 2022 IR 87', '1b2442 2141 1b2842', '\u301c'],
  ])('%s', (declared, hex, expected) => {
    expect(decode(declared, hex)).toEqual({ text: expected, flawed: false });
  });

  test('halves of two-byte characters are no delimiters', () => {
    expect(decode('\\ISO 2022 IR 87', '1b2442 3d5c 453e 1b2842')).toEqual({ text: '旬転', flawed: false });
    expect(decode('GB18030', '815c')).toEqual({ text: '乗', flawed: false });
  });

  test('a writer that omits the escape sequence after a delimiter is understood', () => {
    expect(decode('\\ISO 2022 IR 149', '1b242943 fbf3 5e d1ce d4d7').text).toBe('洪^吉洞');
  });

  test('an unknown or unfinished escape sequence is reported', () => {
    expect(decode('\\ISO 2022 IR 87', '41 1b2159 42')).toEqual({ text: 'A\ufffd!YB', flawed: true });
    expect(decode('\\ISO 2022 IR 87', '41 1b')).toEqual({ text: 'A\ufffd', flawed: true });
    expect(decode('\\ISO 2022 IR 87', '1b2442 3b')).toEqual({ text: '\ufffd', flawed: true });
  });
});

describe('what breaks the standard', () => {
  test('nothing declared: UTF-8 when it is, else Latin-1', () => {
    expect(decode(null, '4d c3bc 6c')).toEqual({ text: 'Mül', flawed: false });
    expect(decode(null, '4d fc 6c')).toEqual({ text: 'Mül', flawed: false });
    expect(decode('ISO_IR 6', '4d fc 6c')).toEqual({ text: 'Mül', flawed: false });
  });

  test('bytes outside the declared set, and an unknown term, are reported', () => {
    expect(decode('ISO_IR 192', '4d fc 6c')).toEqual({ text: 'M\ufffdl', flawed: true });
    expect(decode('ISO_IR 13', '80')).toEqual({ text: '\ufffd', flawed: true });
    expect(decode('ISO_IR 999', '4d fc 6c')).toEqual({ text: 'Mül', flawed: true });
  });

  test('codes and numbers do not depend on the declared set', () => {
    expect(decode('ISO_IR 192', 'fc', 'CS')).toEqual({ text: 'ü', flawed: false });
  });

  test('a flawed value makes the reading partial and names the attribute, not the value', () => {
    const bytes = writeDicom({
      elements: [
        { tag: '00080005', vr: 'CS', value: 'ISO_IR 192' },
        { tag: '00100010', vr: 'PN', value: Buffer.from('Secr\xe9t', 'latin1') },
        { tag: '00100020', vr: 'LO', value: 'P1' },
      ],
    });
    const reading = readHeader(bytes, { complete: true }) as HeaderReading;
    expect(reading).toMatchObject({ status: 'partial', errorCode: 'malformed' });
    expect(reading.error).toBe('PatientName holds bytes that its encoding or character set does not define.');
    expect(valueOf(reading, 'PatientName')).toBe('Secr\ufffdt');
    expect(valueOf(reading, 'PatientID')).toBe('P1');
  });
});
