import type { HttpTablesSource } from '../../model/source-config.js';
import { HttpClient, nameOf, type HttpAnswer } from '../../network/http-client.js';
import { DEFAULT_RETRY, Retry, type RetryOptions } from '../../network/retry.js';
import { SourceFailure } from '../../network/source.js';
import type { FetchedTable, FetchedTables } from '../fetched-tables.js';
import { PartFile, type PartDigest } from '../part-file.js';
import { unreadable } from '../unreadable.js';
import { baseUrl, basic, placesOf, type TablePlace } from './table-place.js';
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

/**
 * Fetches the tables of a web server into part files of `store`, one after the other; what did not change is not fetched.
 * @throws {CurationError} CONFIG_INVALID, SOURCE_UNREADABLE, INTERRUPTED, DISK_FULL, IO_FAILED
 */
export async function readHttpTables(source: HttpTablesSource, store: FetchedTables, read: HttpTablesRead): Promise<HttpTablesReading> {
  const base = baseUrl(source.name, read.url);
  const files = placesOf(source, base);
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
