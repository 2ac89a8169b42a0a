import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, systemErrorCode, wrapSystemError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { parseJsonStrict } from '../fixity/json.js';
import type { DictionarySource, PackPolicy, SchemaPack, TableSchema } from '../model/clinical.js';
import type { CrossRule } from '../model/cross-rule.js';
import { nearMiss } from '../model/near-miss.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { packDefect, tableDefect } from './document-rules.js';
import { packNameDefect } from './pack-names.js';
import { readTable, type TableDocument } from './table-document.js';

/** Where the packs that come with the program are: a folder each, by name. */
const BUILT_IN_PACKS = join(PACKAGE_ROOT, 'schemas/packs');

/** File that names the pack of a folder. */
export const PACK_FILE = 'pack.json';

/** Largest schema file, far above any table of a real dictionary. */
const SCHEMA_BYTES_MAX = 4 << 20;
const SCHEMA_DEPTH_MAX = 64;

const TABLE_FILE = /^([A-Za-z_][A-Za-z0-9_]{0,62})\.v([1-9][0-9]{0,3})\.schema\.json$/;

interface PackDocument {
  name: string;
  version: string;
  list_separator?: string;
  dictionary?: DictionarySource;
  policy?: PackPolicy;
  cross?: CrossRule[];
}

/**
 * The folder of a pack that comes with the program.
 * @throws {CurationError} SCHEMA_INVALID when there is none of that name
 */
export function builtInPackFolder(name: string): string {
  const names = builtInPacks();
  if (names.includes(name)) return join(BUILT_IN_PACKS, name);
  throw new CurationError('SCHEMA_INVALID', `No built-in schema pack is named ${JSON.stringify(name)}`, {
    expected: names.join(', '),
    suggestions: ['Set `schema:` in colophon.yaml to one of these, to a folder with <table>.v1.schema.json files, or to `none`.'],
  });
}

/** Names of the packs that come with the program, ascending. */
export function builtInPacks(): string[] {
  return readdirSync(BUILT_IN_PACKS).toSorted();
}

/** The name that a folder's pack.json gives its pack; null when it cannot be read, which loadPack explains. */
export function packName(folder: string): string | null {
  try {
    const name: unknown = (JSON.parse(readFileSync(join(folder, PACK_FILE), 'utf8')) as { name?: unknown } | null)?.name;
    return typeof name === 'string' ? name : null;
  } catch {
    return null;
  }
}

/**
 * Reads the schema pack of a folder: pack.json and one `<table>.v<N>.schema.json` a table. Every file is checked before
 * anything is compiled from it: form, JSON Schema 2020-12, keywords, links, and patterns that match in linear time.
 * @throws {CurationError} SCHEMA_INVALID naming file and place
 */
export function loadPack(folder: string): SchemaPack {
  const names = listFolder(folder);
  const pack = readPackFile(folder, names);
  const tables = new Map<string, TableSchema>();
  for (const name of names) {
    const table = TABLE_FILE.exec(name)?.[1];
    if (table === undefined) continue;
    if (tables.has(table)) fail(folder, name, '', `there are two versions of the table ${table}`, ['Keep one of the two files.']);
    tables.set(table, readTableFile(folder, name, table, pack.list_separator ?? ','));
  }
  if (tables.size === 0) fail(folder, '', '', 'there is no <table>.v1.schema.json', ['Name a folder with schema files in `schema:`.']);
  checkNames(folder, names);
  const defect = packNameDefect(pack, tables);
  if (defect !== null) fail(folder, PACK_FILE, defect.path, defect.message, defect.suggestions);
  return { name: pack.name, version: pack.version, dictionary: pack.dictionary ?? null, digest: digestOf(pack, tables), tables, ...extras(pack) };
}

/** Everything that judges: a pack with other cross rules is another pack. */
function digestOf(pack: PackDocument, tables: ReadonlyMap<string, TableSchema>): string {
  const schemas = Object.fromEntries([...tables].map(([table, { json }]) => [table, json]));
  return sha256Hex(canonicalJson({ name: pack.name, version: pack.version, list_separator: pack.list_separator ?? ',', tables: schemas, ...extras(pack) }));
}

function extras({ cross, policy }: PackDocument): Pick<PackDocument, 'cross' | 'policy'> {
  return { ...(cross === undefined ? {} : { cross }), ...(policy === undefined ? {} : { policy }) };
}

/**
 * What the pack of a folder says of the gate's policy; nothing when it says nothing.
 * @throws {CurationError} SCHEMA_INVALID
 */
export function readPackPolicy(folder: string): PackPolicy {
  return readPackFile(folder, listFolder(folder)).policy ?? {};
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder).toSorted();
  } catch (error) {
    if (systemErrorCode(error) !== 'ENOENT' && systemErrorCode(error) !== 'ENOTDIR') throw wrapSystemError(error, 'reading the schema pack', folder);
    throw new CurationError('SCHEMA_INVALID', `There is no schema folder ${folder}`, {
      suggestions: ['Run `colophon init` to get the MIDRC pack, or set `schema:` in colophon.yaml to a folder of schemas or to `none`.'],
    });
  }
}

function readPackFile(folder: string, names: string[]): PackDocument {
  if (!names.includes(PACK_FILE))
    fail(folder, PACK_FILE, '', 'the file is missing', [`Write one: {"name": "my-pack", "version": "1.0.0"}`]);
  const json = readJson(folder, PACK_FILE);
  const defect = packDefect(json);
  if (defect !== null) fail(folder, PACK_FILE, defect.path, defect.message, defect.suggestions);
  return json as PackDocument;
}

function readTableFile(folder: string, name: string, table: string, listSeparator: string): TableSchema {
  const json = readJson(folder, name);
  const defect = tableDefect(json);
  if (defect !== null) fail(folder, name, defect.path, defect.message, defect.suggestions);
  return readTable(table, json as TableDocument, listSeparator);
}

/** A misnamed schema file would silently check nothing. */
function checkNames(folder: string, names: string[]): void {
  const stray = names.find((name) => /schema.*\.json$/i.test(name) && !TABLE_FILE.test(name));
  if (stray === undefined) return;
  const meant = nearMiss(stray, [`${stray.split('.')[0] ?? ''}.v1.schema.json`]);
  fail(folder, stray, '', 'the file name is not <table>.v<N>.schema.json', meant === undefined ? [] : [`Rename it to ${meant}.`]);
}

function readJson(folder: string, name: string): unknown {
  const path = join(folder, name);
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    throw wrapSystemError(error, 'reading the schema', path);
  }
  const reading = parseJsonStrict(bytes, { maxBytes: SCHEMA_BYTES_MAX, maxDepth: SCHEMA_DEPTH_MAX });
  return reading.ok ? reading.value : fail(folder, name, '', `${reading.reason}${syntaxPlace(bytes)}`);
}

/** Where JSON breaks off, as the engine says it; nothing when it is refused for another reason. */
function syntaxPlace(bytes: Buffer): string {
  try {
    JSON.parse(bytes.toString('utf8'));
    return '';
  } catch (error) {
    return ` (${error instanceof Error ? error.message : String(error)})`;
  }
}

function fail(folder: string, name: string, path: string, message: string, suggestions: string[] = []): never {
  const where = name === '' ? folder : join(folder, name);
  throw new CurationError('SCHEMA_INVALID', `${where}${path === '' ? '' : `#${path}`}: ${message}`, { suggestions });
}
