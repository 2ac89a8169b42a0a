import { appendFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, sep } from 'node:path';
import { systemErrorCode } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { UnreadableFileError } from '../fixity/file.js';
import { readLines } from '../fixity/lines.js';

const FORMAT = 'colophon-verify-journal/1';
/** Files of one line; a line stays below the 32 KiB that are read. */
const BATCH = 200;
/** So much is read again at most after a crash. */
const BATCH_BYTES = 1 << 30;
const MAX_STAMP = 120;
/** Journals of one release that are read; more than this many interrupted runs are not remembered. */
const MAX_FILES = 64;

/** What a journal is about: lines of another release, list or folder do not count. */
export interface JournalBinding {
  root: string;
  /** sha256 of release.json, of the manifest and of the size list. */
  release: string;
  manifest: string;
  sizes: string;
}

/**
 * Which payload files of a release passed in runs that did not come to their end. It lies outside the release, in a folder that only
 * its user writes to; it holds for each file that passed what the system said of it then (`fileStamp`), never a digest that would be believed.
 * Every line begins with the sha256 of that of the line before and its own text, so that a cut or changed journal counts up to there only.
 * A run appends to a file of its own. Losing the journal costs time and nothing else, so no failure of it is one of the verification.
 */
export class Journal {
  readonly #known = new Map<number, string>();
  readonly #read: string[] = [];
  readonly #path: string;
  #batch: (number | string)[] = [];
  #batchBytes = 0;
  #chain = '';
  /** When the oldest run began that files were taken over from; null when none was. */
  since: string | null = null;
  /** Why it cannot be written; null as long as it can. */
  failure: string | null = null;

  /**
   * @param folder of the user's state
   * @param began of this run; also tells its file from others, with the process id
   */
  constructor(
    folder: string,
    readonly binding: JournalBinding,
    began: Date,
  ) {
    const place = join(folder, 'journal', sha256Hex(binding.root).slice(0, 32));
    this.#path = join(place, `${began.getTime()}-${process.pid}.jsonl`);
    if (`${place}${sep}`.startsWith(`${binding.root}${sep}`)) {
      this.failure = 'it would lie inside the release';
      return;
    }
    this.#readAll(place);
    this.#try(() => {
      mkdirSync(place, { recursive: true, mode: 0o700 });
      this.#append(canonicalJson({ format: FORMAT, ...binding, since: this.since ?? began.toISOString() }));
    });
  }

  /** What the system said of a file when it passed; undefined when it did not. */
  stampOf(number: number): string | undefined {
    return this.#known.get(number);
  }

  get isEmpty(): boolean {
    return this.#known.size === 0;
  }

  /** Notes that a file of so many bytes passed. */
  pass(number: number, stamp: string, size: number): void {
    this.#batch.push(number, stamp);
    this.#batchBytes += size;
    if (this.#batch.length >= 2 * BATCH || this.#batchBytes >= BATCH_BYTES) this.flush();
  }

  /** Writes what was noted. */
  flush(): void {
    if (this.#batch.length === 0) return;
    const text = JSON.stringify(this.#batch);
    this.#batch = [];
    this.#batchBytes = 0;
    this.#try(() => this.#append(text));
  }

  /** The run came to its end: nothing is left to go on with. */
  remove(): void {
    for (const path of [this.#path, ...this.#read]) rmSync(path, { force: true });
  }

  #append(text: string): void {
    if (this.failure !== null) return;
    const chain = sha256Hex(this.#chain + text);
    appendFileSync(this.#path, `${chain} ${text}\n`, { mode: 0o600 });
    this.#chain = chain;
  }

  #try(write: () => void): void {
    try {
      write();
    } catch (error) {
      this.failure ??= systemErrorCode(error) ?? String(error);
    }
  }

  #readAll(place: string): void {
    let names: string[] = [];
    try {
      names = readdirSync(place).filter((name) => /^[0-9]+-[0-9]+\.jsonl$/.test(name));
    } catch {
      return;
    }
    for (const name of names.sort().slice(-MAX_FILES)) {
      try {
        this.#readFile(join(place, name));
      } catch (error) {
        if (!(error instanceof UnreadableFileError)) throw error;
      }
    }
  }

  #readFile(path: string): void {
    let chain = '';
    let usable = true;
    this.#read.push(path);
    readLines(path, ({ number, text, defect }) => {
      const body = text.slice(65);
      usable &&= defect === null && text[64] === ' ' && sha256Hex(chain + body) === text.slice(0, 64) && this.#take(body, number === 1);
      chain = text.slice(0, 64);
    });
  }

  #take(body: string, isHead: boolean): boolean {
    let value: unknown;
    try {
      value = JSON.parse(body);
    } catch {
      return false;
    }
    if (!isHead) return this.#takeFiles(value);
    const since = (value as { since?: unknown } | null)?.since;
    if (typeof since !== 'string' || canonicalJson({ format: FORMAT, ...this.binding, since }) !== body) return false;
    if (this.since === null || since < this.since) this.since = since;
    return true;
  }

  #takeFiles(value: unknown): boolean {
    if (!Array.isArray(value) || value.length % 2 !== 0) return false;
    for (let at = 0; at < value.length; at += 2) {
      const [number, stamp] = [value[at] as unknown, value[at + 1] as unknown];
      if (!Number.isSafeInteger(number) || typeof stamp !== 'string' || stamp.length > MAX_STAMP) return false;
      this.#known.set(number as number, stamp);
    }
    return true;
  }
}
