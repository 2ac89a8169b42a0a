import { deflateSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { pdfTexts } from '../../src/deidentification/pdf-text.js';
import { fileWith, judge } from './released-file.js';

/** A PDF with one page of this content, compressed. */
function pdf(content: string, dictionary = '/Filter /FlateDecode'): Buffer {
  const stream = dictionary.includes('Flate') ? deflateSync(Buffer.from(content)) : Buffer.from(content);
  return Buffer.concat([Buffer.from(`%PDF-1.4\n4 0 obj\n<< ${dictionary} /Length ${stream.length} >>\nstream\n`), stream, Buffer.from('\nendstream\nendobj\n%%EOF')]);
}

function judgeDocument(bytes: Buffer): [string | undefined, string][] {
  return judge(fileWith({ '00420011': ['OB', bytes] })).findings.filter(({ code }) => code === 'DID-082').map(({ level, message }) => [level, message]);
}

test('a name in a compressed stream is an error, cut into pieces or not', () => {
  for (const content of ['BT (Patient: SMITH^JOHN) Tj ET', 'BT [(Patient: SMI) -20 (TH^JOHN)] TJ ET', 'BT <50617469656e743a20534d4954485e4a4f484e> Tj ET']) {
    const [[level, message] = []] = judgeDocument(pdf(content));
    expect(level).toBeUndefined();
    expect(message).toMatch(/^An encapsulated document holds .*name/);
  }
});

test('a document without a name is still for a person to read', () => {
  expect(judgeDocument(pdf('BT (Chest radiograph) Tj ET'))).toEqual([['warning', 'A document is encapsulated.']]);
});

test('a document that cannot be read is an error', () => {
  expect(judgeDocument(pdf('junk', '/Filter /FlateDecode').subarray(0, 80))).toEqual([['error', 'A document is encapsulated, and not all of it could be read.']]);
  expect(judgeDocument(Buffer.concat([pdf('BT (Chest) Tj ET'), Buffer.from('/Encrypt 9 0 R')]))).toEqual([['error', 'A document is encapsulated, and not all of it could be read.']]);
});

test('another kind of document is read as bytes', () => {
  const [[level, message] = []] = judgeDocument(Buffer.from('<ClinicalDocument>Patient: SMITH^JOHN</ClinicalDocument>'));
  expect([level, message?.startsWith('An encapsulated document holds')]).toEqual([undefined, true]);
  expect(judgeDocument(Buffer.from('solid mesh of a heart'))).toEqual([['warning', 'A document is encapsulated.']]);
});

test('a bomb is inflated no further than the limit', () => {
  const bomb = pdf('('.padEnd(40 * 1024 * 1024, 'a'));
  const started = performance.now();
  expect(pdfTexts(bomb, 1024 * 1024).unread).toBe(true);
  expect(performance.now() - started).toBeLessThan(2000);
});

test('parentheses without end, and a million of them', () => {
  const started = performance.now();
  pdfTexts(Buffer.from(`%PDF-${'('.repeat(1_000_000)}`), 1024);
  pdfTexts(Buffer.from(`%PDF-${'<'.repeat(200_000)}`), 1024);
  pdfTexts(Buffer.from(`%PDF-${'stream '.repeat(100_000)}`), 1024);
  expect(performance.now() - started).toBeLessThan(5000);
});
