import { join } from 'node:path';
import { quoteIdentifier, quoteLiteral, type Catalog } from '../../catalog/catalog.js';
import { CurationError } from '../../errors.js';
import { FileDigester } from '../../fixity/digest.js';
import { describeDefect, UnreadableFileError } from '../../fixity/file.js';
import { readJsonFile } from '../../fixity/json.js';
import { readLines } from '../../fixity/lines.js';
import { parseManifestLine } from '../../fixity/manifest.js';
import { RELEASE_FILES, type ReleaseDocument } from '../../model/release.js';
import type { GateDocument } from '../../model/verdict.js';
import type { Candidate } from '../candidate/candidate.js';
import { selectRows } from '../candidate/table.js';
import { deliveredTables, isDictionary, type DescribedTables } from './dictionary.js';
import { isGate } from './gate.js';
import type { LogEntry } from '../release-log.js';
import { CLINICAL_PREFIX, releaseTables, tablePath } from '../release-table.js';

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
  /** What data/dictionary.json says. */
  dictionary: DescribedTables;
  /** What data/gate.json says; null where there is none. */
  gate: GateDocument | null;
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
  const { tables, gated } = checkTables(folder, document);
  const relation = (name: string): string => (tables.has(name) ? `read_parquet(${quoteLiteral(tablePath(folder, name))})` : failMissing(folder, name));
  const dictionary = readListed(folder, 'dictionary', isDictionary);
  const gate = gated ? readListed(folder, 'gate', isGate) : null;
  const keys = new Map(deliveredTables(dictionary).map(({ table, key }) => [table, key === '' ? null : key]));
  const clinical = new Map<string, ClinicalSide>();
  for (const name of tables) {
    if (!name.startsWith(CLINICAL_PREFIX)) continue;
    const table = name.slice(CLINICAL_PREFIX.length);
    clinical.set(table, await describeClinical(catalog, relation(name), keys.get(table) ?? null));
  }
  const { dataset, schema, policy, tool, digests, splits, commitments, seeds } = document;
  const kept = { ...(commitments === undefined ? {} : { commitments }), ...(seeds === undefined ? {} : { seeds }) };
  return { own: relation, tags: tables.has('tags') ? relation('tags') : null, draws: tables.has('draws') ? relation('draws') : null, clinical, about: { dataset, schema, policy, tool, splits, ...kept, content: digests.content, contentMd5: digests.content_md5 ?? null, dictionary, gate } };
}

async function describeClinical(catalog: Catalog, relation: string, key: string | null): Promise<ClinicalSide> {
  const rows = await catalog.all<{ column_name: string; column_type: string }>(`DESCRIBE SELECT * FROM ${relation}`);
  const columns = new Map(rows.map(({ column_name, column_type }) => [column_name, column_type === 'DATE' ? 'VARCHAR' : column_type]));
  const days = rows.filter(({ column_type }) => column_type === 'DATE').map(({ column_name }) => `${quoteIdentifier(column_name)}::VARCHAR AS ${quoteIdentifier(column_name)}`);
  // the catalog has days as the text that was delivered, and so had releases of older versions: that is no other type
  const texts = days.length === 0 ? relation : `(SELECT * REPLACE (${days.join(', ')}) FROM ${relation})`;
  return { relation: texts, key: key !== null && columns.has(key) ? key : null, columns };
}

/** Where the path begins in a line of the manifest, and how that of an image does. */
const PATH_AT = 66;
const IMAGES = 'data/images/';

const LISTED = /^data\/(?:tables\/([A-Za-z0-9_.-]+)\.parquet|dictionary\.json|gate\.json)$/;

/** Names of the tables of a release, after their bytes were found to be those that were published, and whether it tells what judged it. */
function checkTables(folder: string, document: ReleaseDocument): { tables: Set<string>; gated: boolean } {
  const names = new Set<string>();
  const digester = new FileDigester();
  try {
    const listed: { path: string; digest: string }[] = [];
    const { sha256 } = readLines(join(folder, RELEASE_FILES.manifest), ({ text }) => {
      // A line is looked at closely only when it may be of a file that is read here: there may be a million of images.
      if (text.startsWith(IMAGES, PATH_AT)) return;
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
    return { tables: names, gated: listed.some(({ path }) => path === 'data/gate.json') };
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

/** A document of data/ whose digest was checked; what it holds may still be anybody's. */
function readListed<T>(folder: string, name: string, isOne: (value: unknown) => value is T): T {
  const reading = readJsonFile(join(folder, 'data', `${name}.json`));
  if (!reading.ok || !isOne(reading.value))
    throw new CurationError('RELEASE_INVALID', `The release at ${folder} has a data/${name}.json that is none${reading.ok ? '' : `: ${reading.reason}`}.`, {
      suggestions: [`See what else is wrong: colophon verify ${folder}`],
    });
  return reading.value;
}

function failMissing(folder: string, name: string): never {
  throw new CurationError('RELEASE_INVALID', `The release at ${folder} has no table ${quoteIdentifier(name)}.`, {
    suggestions: [`See what else is wrong: colophon verify ${folder}`],
  });
}

function failUnknown(name: string): never {
  throw new Error(`no table ${name}`);
}
