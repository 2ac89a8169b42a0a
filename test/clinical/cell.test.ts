import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseCell } from '../../src/clinical/cell.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import type { ColumnSchema, ScalarType } from '../../src/model/clinical.js';

function column(type: ScalarType | 'array', items?: ScalarType): ColumnSchema {
  return { name: 'c', type, ...(items === undefined ? {} : { items }), sqlType: 'VARCHAR', required: false };
}

const parse = (text: string | null, type: ScalarType): unknown => parseCell(text, column(type), ',');
const list = (text: string, items: ScalarType, separator = ','): unknown => parseCell(text, column('array', items), separator);

test.each(['string', 'integer', 'number', 'boolean'] as const)('an empty cell of a %s column has no value', (type) => {
  expect(parse('', type)).toBeUndefined();
  expect(parse(null, type)).toBeUndefined();
});

test('an empty list cell has no value', () => {
  expect(list('', 'integer')).toBeUndefined();
});

describe('what has not the one form of its type stays text', () => {
  const WRONG = ['1e5', '1,000', '1 000', '036', '00', '-0', '+5', ' 7', '7 ', '7\n', '0x10', '1_000', '٣', '１２', '9007199254740993', '1'.repeat(400), '--1', '-', 'NaN', '1.0', '34.'];
  test.each(WRONG)('integer %j', (text) => expect(parse(text, 'integer')).toBe(text));
  test.each(['.5', '5.', '1,5', '01.5', '+1.5', ' 1.5', '1.5 ', '1e', '1e999', 'Infinity', 'NaN', '0x1p3', '1.5.2', '1'.repeat(65)])('number %j', (text) =>
    expect(parse(text, 'number')).toBe(text),
  );
  test.each(['yes', 'no', '1', '0', 't', 'tRUE', ' true', 'true '])('boolean %j', (text) => expect(parse(text, 'boolean')).toBe(text));
  test.each(['1,,2', ',1', '1,', '1, 2', '1,x', '1,02', ','])('integer list %j', (text) => expect(list(text, 'integer')).toBe(text));
  test.each(['a,,b', ',a', 'a,', 'a, b', ' a', ','])('text list %j', (text) => expect(list(text, 'string')).toBe(text));
});

test.each<[string, boolean]>([
  ['true', true],
  ['True', true],
  ['TRUE', true],
  ['false', false],
  ['False', false],
  ['FALSE', false],
])('boolean %s', (text, value) => expect(parse(text, 'boolean')).toBe(value));

test('text is never changed', () => {
  fc.assert(fc.property(fc.string({ minLength: 1, unit: 'binary' }), (text) => parse(text, 'string') === text));
});

test('every safe integer comes back from its digits', () => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      if (Object.is(value, -0)) return;
      expect(parse(String(value), 'integer')).toBe(value);
      expect(parse(String(value), 'number')).toBe(value);
    }),
  );
});

test('every finite number comes back from its shortest form', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(parse(String(value), 'number')).toBe(Object.is(value, -0) ? 0 : value);
    }),
  );
});

test('a cell is its own text or a value whose text is the cell: nothing is guessed', () => {
  const text = fc.oneof(fc.string(), fc.stringMatching(/^[-+0-9., eE]{1,12}$/));
  fc.assert(
    fc.property(text, (cell) => {
      const value = parse(cell, 'integer');
      if (typeof value === 'number') expect(String(value)).toBe(cell);
      else expect(value).toBe(cell === '' ? undefined : cell);
    }),
  );
});

test('a list comes back from its joined members', () => {
  const member = fc.string({ minLength: 1 }).filter((text) => text.trim() === text && !text.includes('|'));
  fc.assert(fc.property(fc.array(member, { minLength: 1 }), (members) => expect(list(members.join('|'), 'string', '|')).toEqual(members)));
  fc.assert(fc.property(fc.array(fc.integer(), { minLength: 1 }), (members) => expect(list(members.join(','), 'integer')).toEqual(members)));
});

test('allowed values that hold the separator are one member each', () => {
  const region = loadPack(builtInPackFolder('midrc')).tables.get('us_series_file')!.columns.find(({ name }) => name === 'region_spatial_format')!;
  const holding = region.enum!.filter((value) => value.includes(','));
  expect(holding.length).toBeGreaterThan(0);
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...region.enum!), { minLength: 1, maxLength: 4 }), (members) =>
      expect(parseCell(members.join(','), region, ',')).toEqual(members),
    ),
  );
  const other = `${holding[0]}x,0005H: Graphics`;
  expect(parseCell(other, region, ',')).toBe(other);
});
