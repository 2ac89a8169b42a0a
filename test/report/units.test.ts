import { expect, test } from '@jest/globals';
import { formatBytes, formatCount, formatDuration, formatNumber, formatShare } from '../../src/report/units.js';

test.each([
  [0, '0 bytes'],
  [1, '1 byte'],
  [999, '999 bytes'],
  [1000, '1.00 kB'],
  [9_994, '9.99 kB'],
  [9_996, '10.0 kB'],
  [999_499, '999 kB'],
  [999_500, '1.00 MB'],
  [4_295_000_000, '4.29 GB'],
  [1e18, '1000 PB'],
])('%d bytes', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

test.each([
  [0.004, '0.00 s'],
  [0.994, '0.99 s'],
  [1, '1.0 s'],
  [9.96, '10 s'],
  [59.6, '1:00 min'],
  [185, '3:05 min'],
  [7450, '2:04:10 h'],
])('%d seconds', (seconds, text) => expect(formatDuration(seconds)).toBe(text));

test('counts and shares', () => {
  expect([formatCount(0), formatCount(999), formatCount(1000), formatCount(1234567)]).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([formatNumber(1, 'case'), formatNumber(2, 'study', 'studies')]).toEqual(['1 case', '2 studies']);
  expect(formatShare(0.12345)).toBe('12.3 %');
});
