import { describe, expect, test } from '@jest/globals';
import { found, makeScanner } from '../support/text-scanner.js';

const scan = makeScanner({ institutions: ['JHN', 'Mercy General', 'Würzburg Klinik', 'Penn', 'Lankenau'] });
const error = ['DID-044 error'];

describe('institutions that the policy lists', () => {
  test.each(['JHN CAP 3PHASE', 'ct jhn chest', 'JHN_CAP', 'CT^JHN2', 'mriJHN', 'MERCY GENERAL CT', 'mercy-general', 'MERCYGENERAL', 'Wuerzburg', 'WURZBURG KLINIK', 'PENN CHEST', 'XLANKENAUCT'])('%s', (text) => {
    expect([text, found(scan, text, { kind: 'description' })]).toEqual([text, text === 'Wuerzburg' ? [] : error]);
  });

  test.each(['JHNX CHEST', 'OPEN NECK', 'PENNATE', 'MERGE GENERAL', 'PRIMER CYST'])('%s holds none', (text) => {
    expect(found(scan, text, { kind: 'description' })).toEqual([]);
  });

  test('among bytes too', () => {
    expect(found(scan, 'LANKENAU', { kind: 'bytes' })).toEqual(error);
  });

  test('a name without letters or digits is not looked for', () => {
    expect(makeScanner({ institutions: ['', '--', 'x'] })('chest -- x')).toEqual([]);
  });
});
