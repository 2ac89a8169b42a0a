import type { Ajv2020 } from 'ajv/dist/2020.js';
import { loadAjv } from '../heavy-packages.js';
import { CHECK_DIGITS, type CheckDigit } from './check-digit.js';

/** Keywords that only say something: validation ignores them, types, dictionary and defects are made of them. */
export const ANNOTATIONS = [
  'x-category',
  'x-column',
  'x-dicom-tag',
  'x-dicom-values',
  'x-dictionary',
  'x-expected',
  'x-key',
  'x-links',
  'x-list-separator',
  'x-meanings',
  'x-message',
  'x-missing',
  'x-role',
  'x-rule',
  'x-stands-for',
  'x-system',
  'x-unique',
  'x-unit',
] as const;

/** Keywords that refuse rows, where no standard keyword can say it; schemas/README.md documents each. */
export const ASSERTIONS = ['x-check-digit', 'x-known', 'x-latest-year', 'x-order'] as const;

/** What a validator may know beyond the schema. */
export interface ValidatorContext {
  /** Year that no `x-latest-year` column may pass; unbounded when absent. */
  latestYear?: number;
  /** Whether a row may have a column that every object inherits (`constructor`): slower, so only then. */
  ownProperties?: boolean;
}

/** An ajv for JSON Schema 2020-12 that knows the `x-` keywords, reports every error, and refuses unknown keywords. */
export function makeAjv(context: ValidatorContext = {}): Ajv2020 {
  const { Ajv2020, addFormats } = loadAjv();
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    ownProperties: context.ownProperties ?? false,
    strictRequired: false,
    strictTypes: false,
    strictTuples: false,
    allowUnionTypes: true,
    validateSchema: false,
    // Messages are made from the schema, not by ajv.
    messages: false,
  });
  addFormats(ajv);
  ajv.addVocabulary([...ANNOTATIONS]);
  ajv.addKeyword({ keyword: 'x-check-digit', type: 'string', schemaType: 'string', errors: false, compile: checkDigit });
  ajv.addKeyword({ keyword: 'x-known', type: 'string', schemaType: 'object', errors: false, compile: known });
  ajv.addKeyword({ keyword: 'x-order', type: 'object', schemaType: 'array', errors: false, compile: inOrder });
  const latest = context.latestYear ?? Infinity;
  const latestYear = (): ((year: number) => boolean) => (year) => year <= latest;
  ajv.addKeyword({ keyword: 'x-latest-year', type: 'number', schemaType: 'boolean', errors: false, compile: latestYear });
  return ajv;
}

function checkDigit(scheme: CheckDigit): (code: string) => boolean {
  return CHECK_DIGITS[scheme];
}

function known(spellings: Record<string, string[]>): (name: string) => boolean {
  const set = new Set(Object.keys(spellings));
  return (name) => set.has(name);
}

/** Whether the numbers of two columns do not fall; a missing one says nothing. */
function inOrder([first, last]: [string, string]): (row: Record<string, unknown>) => boolean {
  return (row) => {
    const [start, end] = [row[first], row[last]];
    return typeof start !== 'number' || typeof end !== 'number' || start <= end;
  };
}
