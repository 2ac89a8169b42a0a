import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judgeCopy, type CopyVerdict } from '../../../src/checks/cross/copy-judgement.js';
import type { ColumnSchema } from '../../../src/model/clinical.js';

const text: ColumnSchema = { name: 'c', type: 'string', sqlType: 'VARCHAR', required: false };
const number: ColumnSchema = { ...text, type: 'number' };
const texts: ColumnSchema = { ...text, type: 'array', items: 'string' };
const numbers: ColumnSchema = { ...text, type: 'array', items: 'number' };
const sex: ColumnSchema = { ...text, dicomValues: new Map([['M', ['Male']], ['', ['Not Reported']]]) };

describe('a cell against the values of its images', () => {
  test.each<[string, string[], ColumnSchema, CopyVerdict]>([
    ['ACME', [' ACME '], text, 'same'],
    ['acme', ['ACME'], text, 'case'],
    ['ACME', ['ACME', 'OTHER'], text, 'same'],
    ['ACME', [''], text, 'unconfirmed'],
    ['A\\B', ['A\\B'], text, 'same'],
    ['5', ['5.000000'], number, 'same'],
    ['0.683594', ['.683594'], number, 'same'],
    ['0.68359', ['0.683594'], number, 'differs'],
    ['0.742188', ['0.7421875'], number, 'same'],
    ['5', ['five'], number, 'differs'],
    ['5', [''], number, 'unconfirmed'],
    ['0.7,0.8', ['0.700\\0.800'], numbers, 'same'],
    ['1.25,5', ['5.0', '1.250'], numbers, 'same'],
    ['1.25', ['5.0', '1.250'], numbers, 'some'],
    ['0.7,0.7', ['0.7\\0.7', '0.8\\0.8'], numbers, 'same'],
    ['0.7', ['0.7\\0.7'], numbers, 'same'],
    ['1.25,6', ['5.0', '1.250'], numbers, 'differs'],
    ['0', ['1'], number, 'differs'],
    ['ORIGINAL, PRIMARY', ['ORIGINAL\\PRIMARY'], texts, 'same'],
    ['PRIMARY,ORIGINAL', ['ORIGINAL\\PRIMARY'], texts, 'same'],
    ['ORIGINAL', ['ORIGINAL\\PRIMARY'], texts, 'differs'],
    ['IV, 350', ['IV, 350'], texts, 'same'],
    ['Male', ['M'], sex, 'same'],
    ['Male', ['F'], sex, 'differs'],
    ['F', ['F'], sex, 'same'],
    ['Not Reported', [''], sex, 'same'],
    ['Male', [''], sex, 'unconfirmed'],
    ['Not Reported', ['M', ''], sex, 'same'],
    ['Not Reported', ['M'], sex, 'differs'],
  ])('%j beside %j', (cell, headers, column, verdict) => {
    expect(judgeCopy(cell, headers, column, ',')).toBe(verdict);
  });

  test('what is copied agrees, whatever it is', () => {
    const value = fc.string({ minLength: 1 }).filter((words) => words.trim() !== '');
    fc.assert(fc.property(value, fc.array(value), (own, others) => judgeCopy(own, [...others, own], text, ',') === 'same'));
    fc.assert(fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (own) => judgeCopy(String(own), [own.toFixed(20).length > 300 ? String(own) : own.toExponential()], number, ',') === 'same'));
  });

  test('another number never agrees', () => {
    const pair = fc.tuple(fc.integer({ min: -100_000, max: 100_000 }), fc.integer({ min: -100_000, max: 100_000 })).filter(([a, b]) => a !== b);
    fc.assert(fc.property(pair, ([a, b]) => judgeCopy(String(a), [String(b)], number, ',') === 'differs'));
  });
});
