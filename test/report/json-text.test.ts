import { expect, test } from '@jest/globals';
import { renderJson } from '../../src/report/json-text.js';

test('JSON holds no character that a terminal obeys, and means the same', () => {
  const value = { '\u009b31m': 'a\u202eb\u2066c\u200bd\ufeff\u001b]8;;x\u0007 \u2028 µ 山' };
  const text = renderJson(value);
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/);
  expect(text).toContain('µ 山');
  expect(JSON.parse(text)).toEqual(value);
});
