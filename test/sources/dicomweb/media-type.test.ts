import { describe, expect, test } from '@jest/globals';
import { parseMediaType } from '../../../src/sources/dicomweb/media-type.js';

describe('a content type', () => {
  test.each<[string, string, Record<string, string>]>([
    ['application/dicom', 'application/dicom', {}],
    ['Multipart/Related; type="application/dicom"; boundary=abc', 'multipart/related', { type: 'application/dicom', boundary: 'abc' }],
    ['multipart/related;boundary="a b;c\\"d";type=application/dicom', 'multipart/related', { boundary: 'a b;c"d', type: 'application/dicom' }],
    ['multipart/related ; BOUNDARY=a=b/c ; boundary=second', 'multipart/related', { boundary: 'a=b/c' }],
    ['text/html; charset=utf-8;', 'text/html', { charset: 'utf-8' }],
  ])('%s', (text, name, parameters) => {
    const type = parseMediaType(text);
    expect([type?.name, Object.fromEntries(type?.parameters ?? [])]).toEqual([name, parameters]);
  });

  test.each([undefined, '', 'dicom', 'a b/c', `text/${'x'.repeat(3000)}`])('is none: %.20s', (text) => expect(parseMediaType(text)).toBeNull());

  test('costs no time where it is hostile', () => {
    const begun = performance.now();
    parseMediaType(`multipart/related${'; '.repeat(900)}`);
    parseMediaType(`multipart/related; a="${'\\"'.repeat(240)}`);
    expect(performance.now() - begun).toBeLessThan(100);
  });
});
