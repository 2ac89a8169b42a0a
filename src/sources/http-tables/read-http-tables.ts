import { CurationError } from '../../errors.js';
import { unsafePathReason } from '../../fixity/safe-path.js';
import type { HttpTablesSource } from '../../model/source-config.js';
import { HttpClient, nameOf, type HttpAnswer } from '../../network/http-client.js';
import { DEFAULT_RETRY, Retry, type RetryOptions } from '../../network/retry.js';
import { SourceFailure } from '../../network/source.js';
import { namedTables, type FetchedTable, type FetchedTables } from '../fetched-tables.js';
import { PartFile, type PartDigest } from '../part-file.js';
import { unreadable } from '../unreadable.js';
import { conditionOf, judgeBody, judgeHead, validatorOf, type TableValidator } from './table-answer.js';

/** How the tables of a web server are read. */
export interface HttpTablesRead {
  /** With the secrets in its place. */
  url: string;
  /** Value of the header Authorization; null: what user and password in the URL say. */
  authorization: string | null;
  /** Of the files that are here already, by table: only another version is asked for. */
  known: ReadonlyMap<string, KnownVersion>;
  onProgress?(progress: { table: string; bytes: number }): void;
  /** A sentence about where the bytes come from. */
  note(sentence: string): void;
  timeout_ms?: number;
  retry?: Partial<RetryOptions>;
  signal?: AbortSignal;
}

/** The file of a table that is here, and what its server said of it. */
export interface KnownVersion extends PartDigest, TableValidator {
  file: string;
  /** As `HttpTable.url`. */
  url: string;
}

/** What was read of a web server. */
export interface HttpTablesReading {
  /** The folder, without user, password and query. */
  from: string;
  tables: HttpTable[];
}

/** A table as a web server gave it. */
export interface HttpTable extends FetchedTable, TableValidator {
  /** Without user, password and query. */
  url: string;
}

/** How long a server may send nothing. */
const TIMEOUT_MS = 60_000;

const FORMAT = /\.(csv|tsv|json|ndjson|jsonl|parquet)(\.gz)?$/i;

/**
 * Fetches the tables of a web server into part files of `store`, one after the other; what did not change is not fetched.
 * @throws {CurationError} CONFIG_INVALID, SOURCE_UNREADABLE, INTERRUPTED, DISK_FULL, IO_FAILED
 */
export async function readHttpTables(source: HttpTablesSource, store: FetchedTables, read: HttpTablesRead): Promise<HttpTablesReading> {
  const base = baseUrl(source.name, read.url);
  const files = namedTables(source.name, source.tables).map(([table, path]) => placeOf(source.name, base, table, path));
  const { signal, note, timeout_ms = TIMEOUT_MS } = read;
  const client = new HttpClient({ timeout_ms, connections: 1, signal, onOtherHost: (from, to) => note(`${from} leads to ${to}: the tables of ${source.name} come from there, and no credentials went there.`) });
  const retry = new Retry({ ...DEFAULT_RETRY, seed: source.name.length, ...read.retry }, signal);
  const authorization = read.authorization ?? basic(base);
  try {
    const tables: HttpTable[] = [];
    for (const place of files) tables.push(await fetchTable(client, retry, source.name, place, authorization, store, read));
    return { from: nameOf(base), tables };
  } finally {
    client.close();
  }
}

interface TablePlace {
  table: string;
  /** Name in the folder of the source. */
  file: string;
  url: URL;
}

async function fetchTable(client: HttpClient, retry: Retry, source: string, place: TablePlace, authorization: string | null, store: FetchedTables, read: HttpTablesRead): Promise<HttpTable> {
  const { table, file, url } = place;
  const name = nameOf(url);
  const before = read.known.get(table);
  const known = before?.file === file && before.url === name ? before : undefined;
  const condition = conditionOf(known);
  try {
    return await retry.run(async () => {
      const answer = await client.ask(url, { headers: condition }, authorization);
      try {
        const state = judgeHead(answer, Object.keys(condition).length > 0, file.endsWith('.gz'));
        if (state === 'unchanged' && known !== undefined) return { ...known, table, part: null };
        const digest = await writePart(answer, store.partOf(file), place, read);
        return { table, file, url: name, part: store.partOf(file), ...digest, ...validatorOf(answer.headers) };
      } finally {
        answer.close();
      }
    });
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
    throw unreadable({ source, table }, error.message, ...(error.details.suggestions ?? ['Pull again later.']));
  }
}

async function writePart(answer: HttpAnswer, path: string, { table, file }: TablePlace, read: HttpTablesRead): Promise<PartDigest> {
  const part = new PartFile(path);
  try {
    for await (const bytes of judgeBody(answer, /\.(?:csv|tsv|json|ndjson|jsonl)$/.test(file))) {
      part.write(bytes);
      read.onProgress?.({ table, bytes: part.size_bytes });
    }
    return part.finish();
  } finally {
    part.discard();
  }
}

function baseUrl(source: string, text: string): URL {
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

function basic({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}
