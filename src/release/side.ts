import { join } from 'node:path';
import { quoteIdentifier, quoteLiteral, type Catalog } from '../catalog/catalog.js';
import { CurationError } from '../errors.js';
import { FileDigester } from '../fixity/digest.js';
import { describeDefect, UnreadableFileError } from '../fixity/file.js';
import { readJsonFile } from '../fixity/json.js';
import { readLines } from '../fixity/lines.js';
import { parseManifestLine } from '../fixity/manifest.js';
import type { DataDictionary } from '../model/dictionary.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import type { Candidate } from './candidate.js';
import { selectRows } from './candidate-table.js';
import type { LogEntry } from './release-log.js';
import { CLINICAL_PREFIX, releaseTables, tablePath } from './release-table.js';

/** Our own tables that a comparison reads. */
export type OwnTable = 'cases' | 'studies' | 'series' | 'instances' | 'splits' | 'tombstones';

/** One of the two things that are compared: a release, or what the next one would be. */
export interface Side {
  /** SQL relation of one of our own tables. */
  own(table: OwnTable): string;
  /** SQL relation of the tags that models gave; null when there are none. */
  tags: string | null;
  /** SQL relation of who took part in which draw; null when no draw is described. */
  draws: string | null;
  clinical: Map<string, ClinicalSide>;
  about: SideAbout;
}

export interface ClinicalSide {
  relation: string;
  /** Column that names the rows; null when none does. */
  key: string | null;
  /** Column name to SQL type. */
  columns: Map<string, string>;
}

/** What a comparison needs of release.json. */
export type SideAbout = Pick<ReleaseDocument, 'dataset' | 'schema' | 'policy' | 'tool' | 'commitments' | 'seeds'> & {
  content: string;
  contentMd5: string | null;
  splits: Pick<ReleaseDocument['splits'][number], 'name' | 'algorithm' | 'seed'>[];
};

/** The candidate as a side of a comparison. */
export async function candidateSide(catalog: Catalog, candidate: Candidate, about: SideAbout): Promise<Side> {
  const queries = new Map(releaseTables(candidate, '').map(({ name, query }) => [name, `(${query})`]));
  const relation = (name: string): string => queries.get(name) ?? failUnknown(name);
  const clinical = new Map<string, ClinicalSide>();
  for (const each of candidate.tables) clinical.set(each.table, await describeClinical(catalog, `(${selectRows(each, 'text')})`, each.key));
  return { own: relation, tags: candidate.tags ? relation('tags') : null, draws: candidate.draws ? relation('draws') : null, clinical, about };
}

/**
 * A published release as a side of a comparison. Its tables are checked against its manifest, and that against
 * release.json, before they are opened.
 * @throws {CurationError} RELEASE_INVALID when a table, the dictionary or the manifest was changed
 */
export async function releaseSide(catalog: Catalog, { document, folder }: LogEntry): Promise<Side> {
  const tables = checkTables(folder, document);
  const relation = (name: string): string => (tables.has(name) ? `read_parquet(${quoteLiteral(tablePath(folder, name))})` : failMissing(folder, name));
  const keys = new Map(readDictionary(folder).tables.filter(({ kind }) => kind !== 'release').map(({ table, key }) => [table, key === '' ? null : key]));
  const clinical = new Map<string, ClinicalSide>();
  for (const name of tables) {
    if (!name.startsWith(CLINICAL_PREFIX)) continue;
    const table = name.slice(CLINICAL_PREFIX.length);
    clinical.set(table, await describeClinical(catalog, relation(name), keys.get(table) ?? null));
  }
  const { dataset, schema, policy, tool, digests, splits, commitments, seeds } = document;
  const kept = { ...(commitments === undefined ? {} : { commitments }), ...(seeds === undefined ? {} : { seeds }) };
  return { own: relation, tags: tables.has('tags') ? relation('tags') : null, draws: tables.has('draws') ? relation('draws') : null, clinical, about: { dataset, schema, policy, tool, splits, ...kept, content: digests.content, contentMd5: digests.content_md5 ?? null } };
}

async function describeClinical(catalog: Catalog, relation: string, key: string | null): Promise<ClinicalSide> {
  const rows = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${relation}`);
  const columns = new Map(rows.map(({ column_name, column_type }) => [column_name, column_type === 'DATE' ? 'VARCHAR' : column_type]));
  const days = rows.filter(({ column_type }) => column_type === 'DATE').map(({ column_name }) => `${quoteIdentifier(column_name)}::VARCHAR AS ${quoteIdentifier(column_name)}`);
  // the catalog has days as the text that was delivered, and so had releases of older versions: that is no other type
  const texts = days.length === 0 ? relation : `(SELECT * REPLACE (${days.join(', ')}) FROM ${relation})`;
  return { relation: texts, key: key !== null && columns.has(key) ? key : null, columns };
}

const LISTED = /^data\/(?:tables\/([A-Za-z0-9_.-]+)\.parquet|dictionary\.json)$/;

/** Names of the tables of a release, after their bytes were found to be those that were published. */
function checkTables(folder: string, document: ReleaseDocument): Set<string> {
  const names = new Set<string>();
  const digester = new FileDigester();
  try {
    const listed: { path: string; digest: string }[] = [];
    const { sha256 } = readLines(join(folder, RELEASE_FILES.manifest), ({ text }) => {
      const entry = parseManifestLine(text);
      if (entry !== null && LISTED.test(entry.path)) listed.push(entry);
    });
    if (sha256 !== document.digests.manifest) throw edited(folder, RELEASE_FILES.manifest, document.digests.manifest, sha256);
    for (const { path, digest } of listed) {
      const found = digester.digestFile(join(folder, path)).sha256;
      if (found !== digest) throw edited(folder, path, digest, found);
      const name = LISTED.exec(path)?.[1];
      if (name !== undefined) names.add(name);
    }
    return names;
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    throw new CurationError('RELEASE_INVALID', `The release ${document.version} was changed: ${error.path} is ${describeDefect(error.defect)}.`, { cause: error });
  }
}

function edited(folder: string, path: string, expected: string, found: string): CurationError {
  return new CurationError('RELEASE_INVALID', `A published release was changed: ${join(folder, path)}`, {
    expected: `sha256 ${expected}`,
    found: `sha256 ${found}`,
    suggestions: [`See what else is wrong: colophon verify ${folder}`, 'Bring the folder back from a copy; a published release never changes.'],
  });
}

/** The dictionary of a release, whose digest was checked. */
function readDictionary(folder: string): { tables: (Pick<DataDictionary['tables'][number], 'table' | 'key'> & { kind?: string })[] } {
  const reading = readJsonFile(join(folder, 'data', 'dictionary.json'));
  if (!reading.ok) failMissing(folder, 'dictionary');
  return reading.value as DataDictionary;
}

function failMissing(folder: string, name: string): never {
  throw new CurationError('RELEASE_INVALID', `The release at ${folder} has no table ${quoteIdentifier(name)}.`, {
    suggestions: [`See what else is wrong: colophon verify ${folder}`],
  });
}

function failUnknown(name: string): never {
  throw new Error(`no table ${name}`);
}
