import { expect, test } from '@jest/globals';
import { printSchemas, readCommitted } from './support/print-schemas.js';

const printed = [...printSchemas()];

test.each(printed)('%s is what the types print (npm run schemas)', (path, text) => {
  expect(readCommitted(path)).toBe(text);
});
