import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { CurationError } from '../errors.js';
import type { RowDefect, TableSchema } from '../model/clinical.js';
import { makeAjv, type ValidatorContext } from './keywords.js';
import { makeDescriber, type Row } from './row-defect.js';

/** A compiled table: the defects of a row, in the order of the schema; empty when it has none. */
export type RowValidator = (row: Row) => RowDefect[];

export interface ValidatorOptions extends ValidatorContext {
  /**
   * Columns that the table has. Given them, a row is not searched for unknown columns, and a required column that the whole
   * table lacks is no defect of each row: `checkHeader` says both, once.
   */
  columns?: readonly string[];
}

/** Never written to: the good path allocates nothing. */
const NO_DEFECTS: RowDefect[] = [];

/**
 * Compiles the validator of a table, once for any number of rows. An empty cell is an absent or undefined property.
 * @throws {CurationError} SCHEMA_INVALID when the schema contradicts itself
 */
export function compileRowValidator(schema: TableSchema, options: ValidatorOptions = {}): RowValidator {
  const json = options.columns === undefined ? schema.json : narrow(schema.json, new Set(options.columns));
  const ownProperties = schema.columns.some(({ name }) => name in Object.prototype);
  const validate = compile(schema.table, json, { ...options, ownProperties });
  const describeErrors = makeDescriber(json);
  return (row) => (validate(row) ? NO_DEFECTS : describeErrors(row, validate.errors as ErrorObject[]));
}

function compile(table: string, json: Json, context: ValidatorContext): ValidateFunction<Row> {
  try {
    return makeAjv(context).compile<Row>(json);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CurationError('SCHEMA_INVALID', `The schema of the table ${table} cannot be compiled: ${reason}`, { cause: error });
  }
}

type Json = Record<string, unknown>;

/**
 * The schema as far as it concerns rows with these columns only. What is cut off is either said of the header or can never
 * fail: a rule about columns that are not there.
 */
function narrow(json: Json, columns: ReadonlySet<string>): Json {
  const { additionalProperties: _unknown, dependentSchemas, ...rest } = json;
  const has = (column: string): boolean => columns.has(column);
  return {
    ...rest,
    properties: pick(json['properties'], has),
    ...(Array.isArray(json['required']) ? { required: (json['required'] as string[]).filter(has) } : {}),
    ...(dependentSchemas === undefined ? {} : { dependentSchemas: pick(dependentSchemas, has) }),
    ...(Array.isArray(json['allOf']) ? { allOf: (json['allOf'] as Json[]).filter((rule) => concerns(rule, has)) } : {}),
  };
}

function pick(map: unknown, has: (column: string) => boolean): Json {
  return Object.fromEntries(Object.entries((map ?? {}) as Json).filter(([column]) => has(column)));
}

/** Whether a rule can say anything about rows with these columns. */
function concerns(rule: Json, has: (column: string) => boolean): boolean {
  if (Array.isArray(rule['x-order'])) return (rule['x-order'] as string[]).every(has);
  const condition = rule['if'] as Json | undefined;
  if (Array.isArray(condition?.['required']) && rule['else'] === undefined) return (condition['required'] as string[]).every(has);
  const branches = requiredBranches(rule);
  return branches === null || branches.some((branch) => branch.every(has));
}

/** The columns that each branch of an `anyOf` asks for, when the rule asks for nothing else; null for any other rule. */
export function requiredBranches(rule: Json): string[][] | null {
  const standard = Object.keys(rule).filter((key) => !key.startsWith('x-'));
  if (standard.join() !== 'anyOf') return null;
  const branches = (rule['anyOf'] as Json[]).map((branch) => (Object.keys(branch).join() === 'required' ? branch['required'] : null));
  return branches.every((branch) => Array.isArray(branch)) ? (branches as string[][]) : null;
}
