import { CurationError } from '../../errors.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import type { HttpTablesSource } from '../../model/source-config.js';
import { namedTables } from '../fetched-tables.js';

const FORMAT = /\.(csv|tsv|json|ndjson|jsonl|parquet)(\.gz)?$/i;

/** Where a table is on its server, and what its file is called here. */
export interface TablePlace {
  table: string;
  /** Name in the folder of the source. */
  file: string;
  url: URL;
}

/** The tables of a source, in their order. @throws {CurationError} CONFIG_INVALID */
export function placesOf(source: HttpTablesSource, base: URL): TablePlace[] {
  return namedTables(source.name, source.tables).map(([table, path]) => placeOf(source.name, base, table, path));
}

/** The folder of the tables. @throws {CurationError} CONFIG_INVALID; the URL is not repeated */
export function baseUrl(source: string, text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) throw new CurationError('CONFIG_INVALID', `The url of the source ${source} is none of a web server.`, { expected: 'https://host/folder/' });
  url.hash = '';
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function placeOf(source: string, base: URL, table: string, path: string): TablePlace {
  const refuse = (reason: string): CurationError => new CurationError('CONFIG_INVALID', `The source ${source} names a file for the table ${table} that ${reason}.`, { expected: 'a path below the url, ending in .csv, .tsv, .json, .ndjson or .parquet', found: path.slice(0, 200) });
  const unsafe = unsafePathReason(path);
  if (unsafe !== null) throw refuse(unsafe);
  const format = FORMAT.exec(path)?.[0].toLowerCase();
  if (format === undefined || format === '.parquet.gz') throw refuse('is of no known format');
  const url = new URL(base);
  url.pathname += path.split('/').map(encodeURIComponent).join('/');
  url.username = '';
  url.password = '';
  return { table, file: `${table}${format}`, url };
}

/** Value of the header Authorization for user and password of a URL; null when it has none. */
export function basic({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}
