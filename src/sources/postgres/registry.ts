import type { Client, FieldDef, QueryResult } from 'pg';
import type Cursor from 'pg-cursor';
import { CurationError, systemErrorCode } from '../../errors.js';
import { ROW_BYTES_MAX } from '../delimited-pass.js';
import { unreadable } from '../unreadable.js';
import type { RegistryAddress } from './registry-address.js';
import { registryFailure, rowTooLong, type RegistryPlace } from './registry-failure.js';

/** Takes the rows of a query. */
export interface RowReader {
  /** Told the columns before the first row, and also where there is none. */
  begin(fields: readonly FieldDef[]): void;
  /** Values as the text that the server gives; only valid during the call. The first row is 1. */
  row(values: readonly (string | null)[], row: number): void;
}

/** What is said to a registry beside its queries. */
export interface RegistryOptions {
  source: string;
  /** How long a statement may take, and the server may send nothing. */
  timeout_ms: number;
  signal?: AbortSignal;
}

/** Rows that are asked for at once; they are handed on one by one, and never held. */
const BATCH_ROWS = 5000;

/** How long the server may take to let us in, and to say good-bye. */
const CONNECT_MS = 30_000;
const CLOSE_MS = 1000;

/** No value becomes a number or a date of JavaScript. */
const AS_TEXT = { getTypeParser: () => (text: string) => text };

/** How much later than the server we give up a statement, so that the server can say why. */
const GRACE_MS = 15_000;

/**
 * What one message of the server may measure. A row may have ROW_BYTES_MAX bytes of text, as in a file; the driver holds all
 * of a message before it says that there is one.
 */
const MESSAGE_BYTES_MAX = 2 * ROW_BYTES_MAX;

/** Whatever the settings of the server and the account: one text for one value (PostgreSQL 20.11). */
const SETTINGS = [
  "SET LOCAL TimeZone = 'UTC'",
  "SET LOCAL DateStyle = 'ISO, YMD'",
  "SET LOCAL IntervalStyle = 'postgres'",
  "SET LOCAL bytea_output = 'hex'",
  'SET LOCAL extra_float_digits = 3',
  "SET LOCAL lc_monetary = 'C'",
  'SET LOCAL idle_in_transaction_session_timeout = 0',
];

/** A connection in one transaction that reads, and sees the registry as it was when it began (PostgreSQL 13.2.2). */
export class Registry {
  readonly #client: Client;
  readonly #cursor: typeof Cursor;
  readonly #name: string;
  readonly #options: RegistryOptions;
  /** Bytes since the last whole message. */
  #pending = 0;
  #row = 0;
  #table: string | null = null;
  /** What ended the connection from our side. */
  #reason: Error | null = null;
  /** Fails when the connection has ended: a cursor whose last row has come would wait for ever for the server to say so. */
  readonly #ended: Promise<never>;
  #silence: NodeJS.Timeout | undefined;

  private constructor(client: Client, cursor: typeof Cursor, name: string, options: RegistryOptions) {
    this.#client = client;
    this.#cursor = cursor;
    this.#name = name;
    this.#options = options;
    // Queries fail by themselves; without this a connection that breaks off between them would end the process.
    client.on('error', () => undefined);
    this.#ended = new Promise((_done, fail) => client.once('end', () => fail(new Error('the connection ended'))));
    this.#ended.catch(() => undefined);
  }

  /**
   * Connects and begins the transaction.
   * @throws {CurationError} SOURCE_UNREADABLE, INTERRUPTED
   */
  static async open(address: RegistryAddress, options: RegistryOptions): Promise<Registry> {
    const [{ default: pg }, { default: cursor }] = await Promise.all([import('pg'), import('pg-cursor')]);
    let client: Client;
    try {
      client = new pg.Client({ ...address.client, application_name: 'colophon', connectionTimeoutMillis: Math.min(CONNECT_MS, options.timeout_ms), keepAlive: true, types: AS_TEXT });
    } catch (error) {
      throw unusableOptions(error, options.source);
    }
    const registry = new Registry(client, cursor, address.name, options);
    try {
      await registry.#begin();
    } catch (error) {
      await registry.close();
      throw error;
    }
    return registry;
  }

  /** The rows of a query of our own. @throws {CurationError} SOURCE_UNREADABLE, INTERRUPTED */
  async all<Row extends object>(sql: string): Promise<Row[]> {
    return this.#ask(null, async () => (await this.#client.query<Row>(sql)).rows);
  }

  /**
   * Hands on the rows of a query one by one.
   * @returns how many rows there were
   * @throws {CurationError} SOURCE_UNREADABLE, INTERRUPTED, and what `reader` throws
   */
  async rows(table: string, sql: string, reader: RowReader): Promise<number> {
    const cursor = new this.#cursor<(string | null)[]>(sql, [], { rowMode: 'array', types: AS_TEXT });
    let begun = false;
    const begin = (fields: readonly FieldDef[]): void => {
      if (!begun) reader.begin(fields);
      begun = true;
    };
    cursor.on('row', (values: (string | null)[], result: QueryResult) =>
      this.#take(() => {
        begin(result.fields);
        reader.row(values, ++this.#row);
        // The cursor keeps the rows of a batch; so it keeps nothing of them.
        values.length = 0;
      }),
    );
    return this.#ask(table, async () => {
      this.#client.query(cursor);
      for (let more = true; more; ) {
        const batch = await readBatch(cursor);
        begin(batch.fields);
        more = batch.rows === BATCH_ROWS;
      }
      await cursor.close();
      return this.#row;
    });
  }

  /** Ends the connection, and with it the transaction. A server that does not answer is not waited for. */
  async close(): Promise<void> {
    const { stream } = this.#client.connection;
    const timer = setTimeout(() => stream.destroy(), CLOSE_MS);
    await this.#client.end().catch(() => undefined);
    clearTimeout(timer);
    stream.destroy();
  }

  async #begin(): Promise<void> {
    const { connection } = this.#client;
    const listen = (): void => void connection.stream.on('data', ({ length }: Buffer) => this.#heard(length));
    connection.on('message', () => (this.#pending = 0));
    connection.on('sslconnect', listen);
    listen();
    await this.#ask(null, () => this.#client.connect());
    await this.all('BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY');
    for (const setting of [...SETTINGS, `SET LOCAL statement_timeout = ${this.#options.timeout_ms}`]) await this.all(setting);
    // The first query fixes the moment, and from here on nothing makes the transaction writable.
    await this.all('SELECT 1');
  }

  /** Runs one question; a server that says nothing for too long, or an interruption, ends it. */
  async #ask<T>(table: string | null, work: () => Promise<T>): Promise<T> {
    const { signal, timeout_ms } = this.#options;
    this.#table = table;
    this.#row = 0;
    this.#pending = 0;
    const onAbort = (): void => this.#stop(new CurationError('INTERRUPTED', 'Interrupted.'));
    this.#silence = setTimeout(() => this.#stop(this.#fail(`${this.#name} says nothing for ${(timeout_ms + GRACE_MS) / 1000} s`, 'Pull again when the server answers, or raise timeout_seconds of the source.')), timeout_ms + GRACE_MS);
    signal?.addEventListener('abort', onAbort, { once: true });
    try {
      if (signal?.aborted === true) onAbort();
      return await Promise.race([work(), this.#ended]);
    } catch (error) {
      throw this.#reason ?? registryFailure(error, this.#place());
    } finally {
      clearTimeout(this.#silence);
      signal?.removeEventListener('abort', onAbort);
    }
  }

  #heard(bytes: number): void {
    this.#silence?.refresh();
    this.#pending += bytes;
    if (this.#pending <= MESSAGE_BYTES_MAX) return;
    this.#stop(this.#table === null ? this.#fail(`${this.#name} sends a message of more than ${MESSAGE_BYTES_MAX} bytes`, 'Is it a PostgreSQL server?') : rowTooLong(this.#place(), this.#row + 1));
  }

  /** An error must not fly through the driver, which would know nothing to do with it. */
  #take(work: () => void): void {
    if (this.#reason !== null) return;
    try {
      work();
    } catch (error) {
      this.#stop(error as Error);
    }
  }

  #stop(reason: Error): void {
    this.#reason ??= reason;
    this.#client.connection.stream.destroy();
  }

  #place(): RegistryPlace {
    return { source: this.#options.source, server: this.#name, table: this.#table };
  }

  #fail(reason: string, suggestion: string): CurationError {
    return unreadable(this.#place(), reason, suggestion);
  }
}

/** The driver reads the files of certificates that a URL names before it connects. */
function unusableOptions(error: unknown, source: string): CurationError {
  const code = systemErrorCode(error);
  return new CurationError('CONFIG_INVALID', `The url of the source ${source} has options that cannot be used${code === undefined ? '' : `: a file that it names cannot be read (${code})`}.`, {
    suggestions: ['Look at sslrootcert, sslcert, sslkey and sslmode in it.'],
  });
}

/** The rows that came with one batch, and the columns. */
function readBatch(cursor: Cursor<unknown>): Promise<{ rows: number; fields: readonly FieldDef[] }> {
  return new Promise((done, fail) => {
    cursor.read(BATCH_ROWS, (error, rows, result) => {
      if (error) fail(error);
      else done({ rows: rows.length, fields: result?.fields ?? [] });
    });
  });
}
