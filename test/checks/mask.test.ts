import { describe, expect, test } from '@jest/globals';
import { showLink, showValue } from '../../src/checks/mask.js';
import type { ColumnSchema } from '../../src/model/clinical.js';

const column = (type: ColumnSchema['type'], allowed?: string[]): ColumnSchema => ({ name: 'c', type, ...(allowed === undefined ? {} : { enum: allowed }) }) as ColumnSchema;

describe('a value in the wrong column is not shown', () => {
  test.each([
    ['a name in a closed list', 'Kowalczyk', column('string', ['Female', 'Male']), 'text of 9 characters (letters)'],
    ['a name in a column of integers', 'Smith 4', column('integer'), 'text of 7 characters (letters, digits, blanks)'],
    ['a record number in a column of numbers', '44718231', column('number'), 'text of 8 characters (digits)'],
    ['a date in a column of integers', '1931-04-05', column('integer'), 'text of 10 characters (digits, signs)'],
    ['a name in a column of booleans', 'Agnieszka', column('boolean'), 'text of 9 characters (letters)'],
    ['markup in a closed list', '<svg onload=x>', column('string', ['White']), 'text of 14 characters (letters, blanks, signs)'],
  ] as const)('%s', (_what, value, schema, shown) => expect(showValue(value, schema)).toBe(shown));
});

describe('what helps to mend it is shown', () => {
  test.each([
    ['a near miss', 'femal', column('string', ['Female', 'Male']), 'femal'],
    ['an invisible character', 'Fem\u200bale', column('string', ['Female', 'Male']), 'Fem\\u{200B}ale'],
    ['a word that names nobody', 'Unknown', column('string', ['Female', 'Male']), 'Unknown'],
    ['a number with a unit', '3 days', column('integer'), '3 days'],
    ['a short number', '1,5', column('number'), '1,5'],
    ['a boolean of another spelling', 'YES', column('boolean'), 'YES'],
  ] as const)('%s', (_what, value, schema, shown) => expect(showValue(value, schema)).toBe(shown));
});

test('a link that leads nowhere shows its numbers and no name', () => {
  expect(['330562-000299', 'Kowalczyk_17', 'chest-4', 'S7-A1'].map(showLink)).toEqual(['330562-000299', '*********_17', 'chest-4', 'S7-A1']);
});
