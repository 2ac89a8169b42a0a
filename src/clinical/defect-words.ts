import type { ErrorObject } from 'ajv/dist/2020.js';
import type { RowDefect } from '../model/clinical.js';
import { nearValue } from './near-value.js';
import type { Site } from './schema-site.js';

type Json = Record<string, unknown>;

/** Hints that are kept for one place of the schema. */
const NEAR_MAX = 1000;

type Words = Pick<RowDefect, 'message' | 'expected' | 'hint'>;

/** The sentence about one error of a column, what was expected, and a hint; never the value itself. */
export function describeError(error: ErrorObject, site: Site, column: string, value: unknown): Words {
  const params = error.params as Json;
  const { schema } = site;
  const form = typeof schema['x-expected'] === 'string' ? schema['x-expected'] : null;
  switch (error.keyword) {
    case 'required':
    case 'dependentRequired':
      return { message: `${column} is required and empty` };
    case 'additionalProperties':
    case 'unevaluatedProperties':
      return { message: `The schema has no column ${column}` };
    case 'type':
      return { message: `${column} is not ${typeName(params['type'])}`, expected: typeName(params['type']), ...typeHint(params['type'], value) };
    case 'format':
      return { message: `${column} has not the form ${String(params['format'])}`, expected: form ?? String(params['format']) };
    case 'enum':
      return { message: `${column} holds a value that is not allowed`, ...allowedWords(site, params['allowedValues'] as unknown[], value) };
    case 'const':
      return { message: `${column} holds a value that is not allowed`, ...allowedWords(site, [params['allowedValue']], value) };
    case 'x-known':
      return { message: `${column} does not use a known spelling`, ...knownWords(site, schema['x-known'] as Record<string, string[]>, value) };
    case 'x-check-digit':
      return { message: `${column} has a wrong check digit`, expected: form ?? `a valid ${String(schema['x-check-digit'])} check digit` };
    case 'x-latest-year':
      return { message: `${column} is in the future` };
    default:
      return limitWords(error, column) ?? { message: `${column} has not the form it needs`, ...(form === null ? {} : { expected: form }) };
  }
}

const LIMITS: Record<string, [string, string]> = {
  minimum: ['is too small', 'at least'],
  maximum: ['is too large', 'at most'],
  exclusiveMinimum: ['is too small', 'more than'],
  exclusiveMaximum: ['is too large', 'less than'],
  minLength: ['is too short', 'at least'],
  maxLength: ['is too long', 'at most'],
  minItems: ['has too few values', 'at least'],
  maxItems: ['has too many values', 'at most'],
};

function limitWords(error: ErrorObject, column: string): Words | null {
  const words = LIMITS[error.keyword];
  if (words === undefined) return null;
  return { message: `${column} ${words[0]}`, expected: `${words[1]} ${String(error.params['limit'])}` };
}

function typeName(type: unknown): string {
  const names: Record<string, string> = { integer: 'an integer', number: 'a number', boolean: 'true or false', array: 'a list', string: 'text' };
  const types = (Array.isArray(type) ? type : [type]).map(String).filter((name) => name !== 'null');
  return types.map((name) => names[name] ?? name).join(' or ');
}

/** What people and spreadsheets write instead of a plain number or boolean. */
function typeHint(type: unknown, value: unknown): { hint?: string } {
  if (typeof value !== 'string') return {};
  if (value !== value.trim()) return { hint: 'There are blanks around the value.' };
  if (type === 'array') return { hint: 'A list must have no empty member and no blanks around its separators.' };
  if (type === 'boolean') return { hint: 'Write true or false.' };
  if (/^[+-]?0[0-9]/.test(value)) return { hint: 'Leave out the leading zero, or make the column text if the zero matters.' };
  if (/^-?[0-9]{1,3}([,.' ][0-9]{3})+$/.test(value)) return { hint: 'Write the number without thousands separators.' };
  if (/^-?[0-9]+,[0-9]+$/.test(value)) return { hint: 'Write a decimal point, not a comma.' };
  if (type === 'integer' && /^-?[0-9]+\.0+$/.test(value)) return { hint: 'Write the integer without decimals.' };
  if (type === 'integer' && /^-?[0-9.]+[eE][+-]?[0-9]+$/.test(value)) return { hint: 'Write out the digits: a spreadsheet may have rounded them.' };
  return {};
}

/** The known spelling of what is meant: by its other names, else the nearest. */
function knownWords(site: Site, spellings: Record<string, string[]>, value: unknown): Omit<Words, 'message'> {
  const names = Object.entries(spellings).find(([, others]) => others.some((other) => other === value));
  const words = allowedWords(site, Object.keys(spellings), value);
  return names === undefined ? words : { ...words, hint: `Write ${names[0]}, if that is meant.` };
}

function allowedWords(site: Site, allowed: unknown[], value: unknown): Omit<Words, 'message'> {
  const names = allowed.map(String);
  const expected = names.length > 12 ? `${names.slice(0, 12).join(', ')} … (${names.length} values)` : names.join(', ');
  if (typeof value !== 'string') return { expected };
  let hint = site.near.get(value);
  if (hint === undefined) {
    const near = nearValue(value, names);
    hint = near === null ? null : `Did you mean ${JSON.stringify(near.value)}? The two differ ${near.difference}.`;
    if (site.near.size < NEAR_MAX) site.near.set(value, hint);
  }
  return hint === null ? { expected } : { expected, hint };
}
