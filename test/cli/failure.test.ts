import { expect, test } from '@jest/globals';
import { errorToJson, errorToText, exitCodeOf } from '../../src/cli/failure.js';
import { CurationError } from '../../src/errors.js';

const DETAILS = { expected: 'a', found: 'b', suggestions: ['Do this.', 'Or that.'] };

test('an error says what, expected, found and what to do next, in text and in JSON', () => {
  const error = new CurationError('LOCKED', 'In use.', DETAILS);
  expect(errorToText(error)).toBe('Error: In use.\n  expected: a\n  found:    b\n  → Do this.\n  → Or that.\n');
  expect(errorToJson(error)).toEqual({ error: { code: 'LOCKED', message: 'In use.', exit: 3, ...DETAILS } });
});

test('wrong usage is 2, a bug is 70 and shows its stack, Ctrl-C is 130', () => {
  const usage = Object.assign(new Error('\u001B[31mNonexistent flag\u001B[39m: --x'), { oclif: { exit: 2 } });
  expect([exitCodeOf(usage), errorToText(usage)]).toEqual([2, 'Error: Nonexistent flag: --x\n']);
  const bug = new TypeError('x is not a function');
  expect(exitCodeOf(bug)).toBe(70);
  expect(errorToText(bug)).toMatch(/^This is a bug in Colophon[\s\S]*x is not a function\n\s+at /);
  expect(errorToJson(bug)).toMatchObject({ error: { code: 'BUG', exit: 70 } });
  expect(exitCodeOf(new CurationError('INTERRUPTED', 'x'))).toBe(130);
});
