import type { ErrorObject } from 'ajv/dist/2020.js';
import type { RowDefect } from '../model/clinical.js';
import { describeError } from './defect-words.js';
import { showValue } from './near-value.js';
import { findSite, type Site } from './schema-site.js';

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
  anyOf: 'SCH-006',
  oneOf: 'SCH-006',
  enum: 'SCH-007',
  const: 'SCH-007',
  'x-known': 'SCH-018',
  'x-order': 'SCH-014',
  'x-check-digit': 'SCH-017',
};

const UNIONS = new Set(['anyOf', 'oneOf']);

/** Length, range and number of members. */
const CODE_OF_RANGE = 'SCH-008';

/** Keywords whose code no `x-rule` changes: a value of the wrong type is that, whatever else the column asks for. */
const FIXED = new Set(['type', 'additionalProperties', 'x-known']);

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
    const unions = errors.filter(({ keyword }) => UNIONS.has(keyword)).map(({ schemaPath }) => `${schemaPath}/`);
    for (const error of errors) {
      // The parts of a condition or choice that failed as a whole repeat what the whole says.
      if (error.keyword === 'if' || unions.some((union) => error.schemaPath.startsWith(union))) continue;
      const site = siteOf(error.schemaPath);
      const defect = site.rule === null ? columnDefect(error, site, row) : ruleDefect(site.rule.schema, row);
      const key = site.rule === null ? `${defect.code} ${defect.column ?? ''}` : site.rule.path;
      if (!defects.has(key)) defects.set(key, defect);
    }
    return [...defects.values()];
  };
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
    ...describeError(error, site, column ?? 'The row', value),
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
