import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Ajv2020, ErrorObject, ValidateFunction } from 'ajv/dist/2020.js';
import { nearMiss } from '../model/near-miss.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { makeAjv } from './keywords.js';
import { nonLinearReason } from './pattern.js';
import type { TableDocument } from './table-document.js';

/** What is wrong with a schema file, and where: a JSON pointer into it. */
export interface DocumentDefect {
  path: string;
  message: string;
  suggestions: string[];
}

const FORM_FILE = 'schemas/clinical-table.v1.schema.json';
const FORM_ID = 'urn:colophon:clinical-table:v1';
const DRAFT_ID = 'https://json-schema.org/draft/2020-12/schema';

/** The first defect of a pack file, or null. */
export function packDefect(json: unknown): DocumentDefect | null {
  return formDefect(`${FORM_ID}#/$defs/pack`, json);
}

/** The first defect of a table file, or null: first its form, then the schema itself, then what no schema can say of it. */
export function tableDefect(json: unknown): DocumentDefect | null {
  const form = formDefect(FORM_ID, json) ?? formDefect(DRAFT_ID, json);
  if (form !== null) return form;
  const document = json as TableDocument;
  for (const [path, schema] of subschemas(document)) {
    const defect = keywordDefect(path, schema) ?? referenceDefect(path, schema, document) ?? patternDefect(path, schema);
    if (defect !== null) return defect;
  }
  return columnDefect(document);
}

let ajv: Ajv2020 | undefined;

function rules(): Ajv2020 {
  if (ajv !== undefined) return ajv;
  ajv = makeAjv();
  ajv.opts.messages = true;
  ajv.addSchema(JSON.parse(readFileSync(join(PACKAGE_ROOT, FORM_FILE), 'utf8')) as object);
  return ajv;
}

function formDefect(id: string, json: unknown): DocumentDefect | null {
  const validate: ValidateFunction | undefined = rules().getSchema(id);
  if (validate === undefined) throw new Error(`no schema ${id}`);
  if (validate(json)) return null;
  // The error farthest down says most: those above it only repeat that something below is wrong.
  const errors = (validate.errors ?? []).toSorted((a, b) => depth(b) - depth(a));
  return errors[0] === undefined ? null : describe(errors[0]);
}

function depth(error: ErrorObject): number {
  const union = /^(?:anyOf|oneOf|if)$/.test(error.keyword) ? -0.5 : 0;
  return error.instancePath.split('/').length + union;
}

function describe(error: ErrorObject): DocumentDefect {
  const allowed: unknown = error.params['allowedValues'] ?? error.params['allowedValue'];
  const unknownKey: unknown = error.params['additionalProperty'];
  const message =
    typeof unknownKey === 'string'
      ? `unknown key ${JSON.stringify(unknownKey)}`
      : `${error.message ?? error.keyword}${allowed === undefined ? '' : `: ${JSON.stringify(allowed)}`}`;
  return { path: error.instancePath, message, suggestions: [] };
}

/** A keyword that nothing knows would silently check nothing. */
function keywordDefect(path: string, schema: Record<string, unknown>): DocumentDefect | null {
  const unknown = Object.keys(schema).find((key) => !Object.hasOwn(rules().RULES.keywords, key) && !STRUCTURE.has(key));
  if (unknown === undefined) return null;
  const meant = nearMiss(unknown, [...Object.keys(rules().RULES.keywords), ...STRUCTURE]);
  return { path, message: `unknown keyword ${JSON.stringify(unknown)}`, suggestions: meant === undefined ? [] : [`Did you mean ${meant}?`] };
}

const STRUCTURE = new Set(['$schema', '$id', '$defs', '$comment', '$anchor', 'if', 'then', 'else', 'default', 'examples']);

/** SCH-020: no pattern may hang the gate. */
function patternDefect(path: string, schema: Record<string, unknown>): DocumentDefect | null {
  const patterns = [schema['pattern'], ...Object.keys((schema['patternProperties'] as object | undefined) ?? {})];
  for (const pattern of patterns) {
    if (typeof pattern !== 'string') continue;
    const reason = syntaxReason(pattern) ?? nonLinearReason(pattern);
    if (reason === null) continue;
    const message = `SCH-020: the pattern ${JSON.stringify(pattern)} ${reason}`;
    return { path: `${path}/pattern`, message, suggestions: ['Rewrite the pattern so that one pass over the text decides.'] };
  }
  return null;
}

function syntaxReason(pattern: string): string | null {
  try {
    new RegExp(pattern, 'u');
    return null;
  } catch {
    return 'is no regular expression';
  }
}

/** Columns that are named must be there. */
function columnDefect(json: TableDocument): DocumentDefect | null {
  const columns = Object.keys(json.properties);
  const named: [string, string][] = [
    ['/x-key', json['x-key']],
    ...(json['x-unique'] ?? []).flatMap((set, i) => set.map((name): [string, string] => [`/x-unique/${i}`, name])),
    ...(json.required ?? []).map((name): [string, string] => ['/required', name]),
    ...(json['x-links'] ?? []).flatMap((entry, i) => linkColumns(entry, columns).map((name): [string, string] => [`/x-links/${i}`, name])),
    ...rulesOf(json).flatMap(([path, rule]) => ruleColumns(rule).map((name): [string, string] => [path, name])),
  ];
  const wrong = named.find(([, name]) => !columns.includes(name));
  if (wrong === undefined) return null;
  const meant = nearMiss(wrong[1], columns);
  const suggestions = meant === undefined ? [] : [`Did you mean ${meant}?`];
  return { path: wrong[0], message: `there is no column ${JSON.stringify(wrong[1])}`, suggestions };
}

type LinkEntry = NonNullable<TableDocument['x-links']>[number];

/** The column that a link needs, when no column carries it. */
function linkColumns(entry: LinkEntry, columns: string[]): string[] {
  const links = 'anyOf' in entry ? entry.anyOf : [entry];
  const carried = (name: string, key: string): boolean => columns.includes(name) || columns.includes(`${name}.${key}`);
  return links.filter(({ name, key }) => !carried(name, key)).map(({ name, key }) => `${name}.${key}`);
}

function rulesOf(json: TableDocument): [string, Record<string, unknown>][] {
  const all = Array.isArray(json['allOf']) ? (json['allOf'] as Record<string, unknown>[]) : [];
  return all.map((rule, i) => [`/allOf/${i}`, rule]);
}

function ruleColumns(rule: Record<string, unknown>): string[] {
  const column = rule['x-column'];
  const order = rule['x-order'];
  return [...(typeof column === 'string' ? [column] : []), ...(Array.isArray(order) ? (order as string[]) : [])];
}

/** References stay inside the file, and lead somewhere. */
function referenceDefect(path: string, schema: Record<string, unknown>, json: TableDocument): DocumentDefect | null {
  const reference = schema['$ref'];
  if (schema['$dynamicRef'] !== undefined) return { path, message: '$dynamicRef is not supported', suggestions: ['Use $ref.'] };
  if (reference === undefined) return null;
  if (typeof reference === 'string' && reference.startsWith('#/') && pointerTarget(json, reference) !== undefined) return null;
  const message = `the reference ${JSON.stringify(reference)} leads nowhere in this file`;
  return { path: `${path}/$ref`, message, suggestions: ['Refer to #/$defs/<name> of the same file: nothing is fetched.'] };
}

function pointerTarget(json: unknown, reference: string): unknown {
  return reference
    .split('/')
    .slice(1)
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part.replaceAll('~1', '/').replaceAll('~0', '~')], json);
}

const SCHEMA_MAPS = ['properties', 'patternProperties', 'dependentSchemas', '$defs'];
const SCHEMA_LISTS = ['allOf', 'anyOf', 'oneOf', 'prefixItems'];
const SCHEMAS = ['items', 'contains', 'not', 'if', 'then', 'else', 'additionalProperties', 'propertyNames', 'unevaluatedProperties', 'unevaluatedItems'];

/** Every subschema of a schema with its JSON pointer, parents first (JSON Schema core 2020-12, section 10). */
export function* subschemas(schema: unknown, path = ''): Generator<[string, Record<string, unknown>]> {
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return;
  const node = schema as Record<string, unknown>;
  yield [path, node];
  for (const key of SCHEMAS) yield* subschemas(node[key], `${path}/${key}`);
  for (const key of [...SCHEMA_MAPS, ...SCHEMA_LISTS]) {
    const inner = node[key];
    if (typeof inner !== 'object' || inner === null) continue;
    for (const [name, value] of Object.entries(inner))
      yield* subschemas(value, `${path}/${key}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
  }
}
