/** Reading a YAML file of the workspace: bounded, validated by its printed JSON Schema, every defect with its place. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import type { Document, LineCounter, Node } from 'yaml';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { loadAjv, loadYaml } from '../heavy-packages.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { describeSchemaError, mergeAlternatives } from './schema-error.js';

/** Larger files are refused unread, in bytes. */
const MAX_FILE_BYTES = 16 * 1024 * 1024;
/** How many nodes aliases may expand to, against "billion laughs" documents. */
const MAX_ALIAS_COUNT = 100;
/** More defects than this are counted, not listed. */
const MAX_LISTED = 20;

/** A defect of a file, with its place in it. */
interface Defect {
  line: number;
  column: number;
  message: string;
}

/**
 * Reads and validates one YAML file.
 * @param schemaName name below schemas/format, e.g. `colophon.v1`
 * @returns its value, or null when the file does not exist
 * @throws {CurationError} CONFIG_INVALID naming every defect as `file:line:column`, CONFIG_TOO_NEW, IO_FAILED
 */
export function readYamlFile<T>(path: string, schemaName: string, newestFormat?: number): T | null {
  const text = readBounded(path);
  if (text === null) return null;
  const { LineCounter, parseDocument } = loadYaml();
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, version: '1.2' });
  if (document.errors.length > 0)
    throw invalid(path, document.errors.map((error) => at(lines, error.pos[0], `not YAML: ${error.message}`)));
  const value = toValue(document, path);
  refuseNewerFormat(value, newestFormat, path);
  const validate = compile(schemaName);
  if (!validate(value)) throw invalid(path, describe(validate.errors ?? [], document, lines));
  return value as T;
}

/** Where a value of a YAML file stands, as `file:line:column`; for errors about what it names. */
export function locateInYaml(path: string, steps: readonly (string | number)[]): string {
  const { LineCounter, parseDocument } = loadYaml();
  const lines = new LineCounter();
  const document = parseDocument(readBounded(path) ?? '', { lineCounter: lines });
  const { line, col } = lines.linePos(offsetOf(document, steps, undefined));
  return `${path}:${line}:${col}`;
}

function readBounded(path: string): string | null {
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES)
      throw new CurationError('CONFIG_INVALID', `${path} is too large to be a configuration file`, {
        expected: `at most ${MAX_FILE_BYTES} bytes`,
        found: `${size} bytes`,
      });
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    if (systemErrorCode(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA')
      throw new CurationError('CONFIG_INVALID', `${path} is not UTF-8 text`, { cause: error });
    throw wrapSystemError(error, 'reading', path);
  }
}

function toValue(document: Document, path: string): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIAS_COUNT });
  } catch (error) {
    throw new CurationError('CONFIG_INVALID', `${path} expands its aliases too far (a "YAML bomb"?)`, {
      expected: `at most ${MAX_ALIAS_COUNT} expanded aliases`,
      suggestions: ['Write the repeated parts out instead of using anchors and aliases.'],
      cause: error,
    });
  }
}

function refuseNewerFormat(value: unknown, newest: number | undefined, path: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (newest === undefined || typeof format !== 'number' || format <= newest) return;
  throw new CurationError('CONFIG_TOO_NEW', `${path} was written by a newer version of Colophon`, {
    expected: `format ${newest} or older`,
    found: `format ${format}`,
    suggestions: ['Update Colophon; this version would misread the workspace.'],
  });
}

const compiled = new Map<string, ValidateFunction>();

function compile(schemaName: string): ValidateFunction {
  const known = compiled.get(schemaName);
  if (known !== undefined) return known;
  const { Ajv2020, addFormats } = loadAjv();
  const ajv = new Ajv2020({ allErrors: true, strict: true, strictTypes: false, strictRequired: false, verbose: true });
  addFormats(ajv);
  const schema: unknown = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/format', `${schemaName}.schema.json`), 'utf8'));
  const validate = ajv.compile(schema as object);
  compiled.set(schemaName, validate);
  return validate;
}

function invalid(path: string, defects: Defect[]): CurationError {
  const sorted = defects.toSorted((a, b) => a.line - b.line || a.column - b.column);
  const listed = sorted.slice(0, MAX_LISTED).map(({ line, column, message }) => `  ${path}:${line}:${column}: ${message}`);
  if (sorted.length > MAX_LISTED) listed.push(`  and ${sorted.length - MAX_LISTED} more`);
  return new CurationError('CONFIG_INVALID', [`${path} is not valid:`, ...listed].join('\n'), {
    suggestions: ['Mend the lines named above; README.md and `colophon init` show every key with a comment.'],
  });
}

function at(lines: LineCounter, offset: number, message: string): Defect {
  const { line, col } = lines.linePos(offset);
  return { line, column: col, message };
}

function describe(errors: ErrorObject[], document: Document, lines: LineCounter): Defect[] {
  const defects = mergeAlternatives(errors).map(({ error, allowed }) => {
    const steps = error.instancePath.split('/').slice(1).map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
    const unknownKey = error.keyword === 'additionalProperties' ? String(error.params.additionalProperty) : undefined;
    const offset = offsetOf(document, steps, unknownKey);
    return at(lines, offset, describeSchemaError(error, steps, allowed));
  });
  return [...new Map(defects.map((defect) => [JSON.stringify(defect), defect])).values()];
}

/** Where a value, or one of its keys, begins; the nearest parent that is there when it is missing itself. */
function offsetOf(document: Document, steps: readonly (string | number)[], key: string | undefined): number {
  const { isMap, isPair, isScalar } = loadYaml();
  for (let depth = steps.length; depth >= 0; depth--) {
    const node = document.getIn(steps.slice(0, depth), true) as Node | undefined;
    if (key !== undefined && depth === steps.length && isMap(node)) {
      const pair = node.items.find((item) => isPair(item) && isScalar(item.key) && String(item.key.value) === key);
      if (pair !== undefined && isScalar(pair.key) && pair.key.range) return pair.key.range[0];
    }
    if (node?.range) return node.range[0];
  }
  return 0;
}
