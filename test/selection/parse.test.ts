import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { CurationError } from '../../src/errors.js';
import { conditionsOf, type Expression } from '../../src/selection/expression.js';
import { parseExpression } from '../../src/selection/parse.js';

/** The tree as text, fully in parentheses. */
function show(expression: Expression): string {
  if (expression.kind === 'not') return `not ${show(expression.term)}`;
  if (expression.kind !== 'condition') return `(${expression.terms.map(show).join(` ${expression.kind} `)})`;
  const { column, test: asked } = expression;
  const name = column.table === null ? column.name : `${column.table}.${column.name}`;
  const not = 'negated' in asked && asked.negated ? 'not ' : '';
  if (asked.kind === 'compare') return `${name} ${asked.comparison} ${asked.value.value}`;
  if (asked.kind === 'in') return `${name} ${not}in [${asked.values.map(({ value }) => value).join('|')}]`;
  return asked.kind === 'like' ? `${name} ${not}${asked.anyCase ? 'ilike' : 'like'} ${asked.pattern.value}` : `${name} is ${not}null`;
}

function fault(text: string): CurationError {
  try {
    parseExpression(text);
  } catch (error) {
    if (error instanceof CurationError) return error;
    throw error;
  }
  throw new Error(`accepted: ${text}`);
}

test.each([
  ["a = 'x'", 'a = x'],
  ["a='x' or b<>1 and not c >= -2.5e3", '(a = x or (b != 1 and not c >= -2.5e3))'],
  ["(a == true OR b = FALSE) AND c.d IN ('x', 'y''z')", "((a = true or b = false) and c.d in [x|y'z])"],
  ["a not in (1) and b not like '%x_' and c ilike 'y'", '(a not in [1] and b not like %x_ and c ilike y)'],
  ['a is null or a is not null', '(a is null or a is not null)'],
  ['a between 1 and 2 and b not between 3 and 4', '((a >= 1 and a <= 2) and (b < 3 or b > 4))'],
  ['"cases.submitter_id" = \'\' and t."a""b" = 1', '(cases.submitter_id =  and t.a"b = 1)'],
  ['not not größe > .5', 'not not größe > .5'],
])('%s', (text, tree) => {
  expect(show(parseExpression(text))).toBe(tree);
});

describe('what cannot be read is pointed at', () => {
  test.each([
    ['', 1, 'column is missing', '▸◂'],
    ["split = 'a' und b = 1", 13, 'ends before', "split = 'a' ▸und◂ b = 1"],
    ['a = b', 5, 'a value stands here', 'a = ▸b◂'],
    ['a = "b"', 5, 'a value stands here', 'a = ▸"b"◂'],
    ["'a' = 1", 1, 'never stands in single quotes', "▸'a'◂ = 1"],
    ["a = 'x", 5, 'never closed', "a = ▸'x◂"],
    ['(a = 1', 7, 'not closed', '(a = 1▸◂'],
    ['a in (1, )', 10, 'value is missing', 'a in (1, ▸)◂'],
    ['a in ()', 7, 'value is missing', 'a in (▸)◂'],
    ['a = null', 5, 'nothing is equal to null', 'a = ▸null◂'],
    ['a is 1', 6, 'null or not null', 'a is ▸1◂'],
    ["a = 1; drop table x", 6, 'nothing in an expression looks like this', 'a = 1▸;◂ drop table x'],
    ['a = 1 -- x', 7, 'nothing in an expression looks like this', 'a = 1 ▸-◂- x'],
    ['f(a) = 1', 2, 'held against something', 'f▸(◂a) = 1'],
    ['a like 1', 8, 'a pattern is text', 'a like ▸1◂'],
    ["a = 'x\0y'", 5, 'NUL', "a = ▸'x\uFFFDy'◂"],
    ['a = 1\u001b[31m', 6, 'looks like this', 'a = 1▸\uFFFD◂[31m'],
    ['a = 1x', 5, 'looks like this', 'a = ▸1◂x'],
    ["and = 1", 1, 'column is missing', '▸and◂ = 1'],
    ["a.b.c = 1", 4, 'held against something', 'a.b▸.◂c = 1'],
  ])('%j', (text, character, message, found) => {
    const error = fault(text);
    expect(error.code).toBe('USAGE');
    expect(error.message).toMatch(new RegExp(`^--only, character ${character}: .*${message}`));
    expect(error.found).toBe(found);
  });
});

test('depth, length and number of conditions are bounded, long lists are not', () => {
  expect(fault(`${'('.repeat(100_00)}a = 1`).message).toContain('more than 50 times');
  expect(fault(`${'not '.repeat(10_000)}a = 1`).message).toContain('more than 50 times');
  expect(fault(`a = 1${' or a = 1'.repeat(300)}`).message).toContain('more than 200');
  expect(fault(`a = '${'x'.repeat(70_000)}'`).message).toContain('longer than');
  expect(conditionsOf(parseExpression(`a in (${Array.from({ length: 5000 }, (_, at) => at).join(',')})`))).toHaveLength(1);
});

test('law: whatever is written is an expression or a USAGE error', () => {
  const piece = fc.constantFrom('a', 'split', '"x"', "'y'", '1', '-2.5', '(', ')', ',', '.', '=', '!=', '<', 'in', 'like', 'is', 'null', 'not', 'and', 'or', 'between', 'true', "'", '"', '\u202e', ';');
  const text = fc.oneof(fc.array(piece, { maxLength: 30 }).map((pieces) => pieces.join(' ')), fc.string({ unit: 'binary', maxLength: 60 }));
  fc.assert(
    fc.property(text, (written) => {
      try {
        parseExpression(written);
      } catch (error) {
        expect(error).toBeInstanceOf(CurationError);
        expect((error as CurationError).code).toBe('USAGE');
        expect((error as CurationError).found).not.toMatch(/\p{Cc}/u);
      }
    }),
    { numRuns: 3000 },
  );
});
