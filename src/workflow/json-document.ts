import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { CurationError } from '../errors.js';
import { UnreadableFileError } from '../fixity/file.js';
import { DEFAULT_JSON_LIMITS, readJsonFile } from '../fixity/json.js';
import { PACKAGE_ROOT } from '../package-root.js';

/** Largest opening that is read, in bytes: about a million rows; a text in memory cannot be longer. */
const MAX_BYTES = 480 << 20;

/** What a file is, for messages. */
export interface DocumentKind {
  /** Name below schemas/format: `proof.v1`. */
  schema: string;
  /** `proof`, for messages. */
  what: string;
}

/**
 * Reads a JSON file strictly: bounded, no key twice, valid by its printed schema.
 * @returns null when there is no such file
 * @throws {CurationError} COMMITMENT_INVALID, IO_FAILED
 */
export function readDocument<T>(path: string, kind: DocumentKind): T | null {
  const value = readJson(path, kind.what);
  if (value === null) return null;
  const defect = findDefect(value, kind.schema);
  if (defect !== null) throw invalidDocument(path, kind.what, defect);
  return value as T;
}

/**
 * Reads any JSON file within bounds; null when there is none.
 * @throws {CurationError} COMMITMENT_INVALID, IO_FAILED
 */
export function readJson(path: string, what: string): unknown {
  try {
    const reading = readJsonFile(path, { ...DEFAULT_JSON_LIMITS, maxBytes: MAX_BYTES });
    if (!reading.ok) throw invalidDocument(path, what, reading.reason);
    return reading.value;
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.defect === 'missing') return null;
    if (error.defect === 'unreadable') throw new CurationError('IO_FAILED', error.message, { cause: error });
    throw invalidDocument(path, what, error.message);
  }
}

/** What is wrong with a value by a printed schema, as a clause; null when nothing is. */
export function findDefect(value: unknown, schema: string): string | null {
  const validate = compiled.get(schema) ?? compile(schema);
  if (validate(value)) return null;
  const [first] = validate.errors ?? [];
  return `${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`.trim();
}

const compiled = new Map<string, ValidateFunction>();

function compile(schema: string): ValidateFunction {
  const text = readFileSync(join(PACKAGE_ROOT, `schemas/format/${schema}.schema.json`), 'utf8');
  const validate = new Ajv2020({ strict: false }).compile(JSON.parse(text) as object);
  compiled.set(schema, validate);
  return validate;
}

/** The error of a file that is not what it should be. */
export function invalidDocument(path: string, what: string, reason: string): CurationError {
  return new CurationError('COMMITMENT_INVALID', `${path} is no ${what}: ${reason}.`, { suggestions: ['Bring the file back from a copy, or ask for it again.'] });
}
