import type { ErrorObject } from 'ajv/dist/2020.js';
import type { RowDefect } from '../model/clinical.js';
import { nearValue, showValue } from './near-value.js';

/** A row as the validator sees it: column to value, an empty cell absent or undefined. */
export type Row = Record<string, unknown>;

type Json = Record<string, unknown>;

/** Rule that a standard keyword stands for, where the schema names none (`x-rule`). */
const CODE_BY_KEYWORD: Record<string, string> = {
  required: 'SCH-004',
  dependentRequired: 'SCH-004',
  additionalProperties: 'SCH-005',
  unevaluatedProperties: 'SCH-005',
  propertyNames: 'SCH-005',
  type: 'SCH-006',
  format: 'SCH-006',
  pattern: 'SCH-006',
  not: 'SCH-006',
  enum: 'SCH-007',
  const: 'SCH-007',
  'x-known': 'SCH-018',
  'x-order': 'SCH-014',
  'x-check-digit': 'SCH-017',
};

/** Length, range and number of members. */
const CODE_OF_RANGE = 'SCH-008';

/** Keywords whose code no `x-rule` changes: a value of the wrong type is that, whatever else the column asks for. */
const FIXED = new Set(['type', 'additionalProperties', 'x-known']);

/** The place of an error in the schema. */
interface Site {
  /** The schema that holds the failed keyword. */
  schema: Json;
  /** The rule around it that speaks for all errors inside (`x-message`), with its path. */
  rule: { path: string; schema: Json } | null;
  /** Nearest `x-rule`. */
  code: string | null;
  /** Key column of the table. */
  key: string;
  /** Hints for values met here, at most NEAR_MAX: a wrong value seldom comes alone. */
  near: Map<string, string | null>;
}

const NEAR_MAX = 1000;

/**
 * Describes the errors of rows of one schema: a defect for each rule and column, in the order of the schema. It remembers
 * where in the schema an error comes from, so that a table full of bad rows is told as fast as it is read.
 */
export function makeDescriber(json: Json): (row: Row, errors: readonly ErrorObject[]) => RowDefect[] {
  const sites = new Map<string, Site>();
  const siteOf = (schemaPath: string): Site => {
    const site = sites.get(schemaPath) ?? findSite(json, schemaPath);
    sites.set(schemaPath, site);
    return site;
  };
  return (row, errors) => {
    const defects = new Map<string, RowDefect>();
    for (const error of errors) {
      if (error.keyword === 'if') continue;
      const site = siteOf(error.schemaPath);
      const defect = site.rule === null ? columnDefect(error, site, row) : ruleDefect(site.rule.schema, row);
      const key = site.rule === null ? `${defect.code} ${defect.column ?? ''}` : site.rule.path;
      if (!defects.has(key)) defects.set(key, defect);
    }
    return [...defects.values()];
  };
}

/** Walks from the root to the keyword that `schemaPath` (`#/allOf/2/then/required`) names. */
function findSite(json: Json, schemaPath: string): Site {
  const site: Site = { schema: json, rule: null, code: null, key: String(json['x-key']), near: new Map() };
  let node: unknown = json;
  let path = '';
  for (const part of schemaPath.split('/').slice(1)) {
    path += `/${part}`;
    node = (node as Json | undefined)?.[decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~')];
    if (typeof node !== 'object' || node === null || Array.isArray(node)) continue;
    const schema = node as Json;
    site.schema = schema;
    if (typeof schema['x-rule'] === 'string') site.code = schema['x-rule'];
    if (typeof schema['x-message'] === 'string' && site.rule === null) site.rule = { path, schema };
  }
  return site;
}

function ruleDefect(rule: Json, row: Row): RowDefect {
  const column = typeof rule['x-column'] === 'string' ? rule['x-column'] : null;
  const order = rule['x-order'] as [string, string] | undefined;
  return {
    code: String(rule['x-rule']),
    column,
    message: String(rule['x-message']),
    ...(typeof rule['x-expected'] === 'string' ? { expected: rule['x-expected'] } : {}),
    ...(order === undefined ? {} : { expected: `at least ${showValue(row[order[0]])} (${order[0]})` }),
    ...(column === null || row[column] === undefined ? {} : { found: showValue(row[column]) }),
  };
}

function columnDefect(error: ErrorObject, site: Site, row: Row): RowDefect {
  const column = columnOf(error);
  if (error.keyword === 'required' && column === site.key && error.instancePath === '')
    return { code: 'SCH-010', column, message: `The row has no key: ${column} is empty` };
  const value = column === null ? undefined : valueAt(row, error.instancePath);
  return {
    code: FIXED.has(error.keyword) || site.code === null ? (CODE_BY_KEYWORD[error.keyword] ?? CODE_OF_RANGE) : site.code,
    column,
    ...describe(error, site, column ?? 'The row', value),
    ...(value === undefined ? {} : { found: showValue(value) }),
  };
}

function columnOf(error: ErrorObject): string | null {
  const missing: unknown = error.params['missingProperty'] ?? error.params['additionalProperty'] ?? error.params['unevaluatedProperty'];
  if (typeof missing === 'string') return missing;
  const first = error.instancePath.split('/')[1];
  return first === undefined ? null : unescape(first);
}

function valueAt(row: Row, instancePath: string): unknown {
  return instancePath
    .split('/')
    .slice(1)
    .reduce<unknown>((value, part) => (value as Json | undefined)?.[unescape(part)], instancePath === '' ? undefined : row);
}

function unescape(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}

type Words = Pick<RowDefect, 'message' | 'expected' | 'hint'>;

function describe(error: ErrorObject, site: Site, column: string, value: unknown): Words {
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
      return { message: `${column} names no known system`, ...allowedWords(site, schema['x-known'] as unknown[], value) };
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
