/** Where files of a release are fetched from: a web server, a bucket, a folder. Paths are relative to it, `/`-separated. */
export interface Source {
  /** How messages and reports name it: without user, password and query. */
  readonly name: string;
  /** The same with a folder below it, or with the folder above it (`..`); null where there is none above. */
  at(folder: string): Source | null;
  /**
   * Opens a file; null when there is none.
   * @throws {SourceFailure} CurationError INTERRUPTED
   */
  open(path: string, request?: RangeRequest): Promise<OpenedFile | null>;
}

/** The part of a file that is wanted, and of which file. */
export interface RangeRequest {
  /** First byte; 0 by default. */
  from?: number;
  /** Byte behind the last; the end of the file by default. */
  to?: number;
  /** What told the file apart when its first bytes were read (a strong ETag): those of another file are not wanted. */
  validator?: string | null;
}

/** A file that is being read. */
export interface OpenedFile {
  /** Where the first byte of `body` is; 0 for a server that ignores ranges. */
  from: number;
  /** Bytes of the whole file; null when nothing tells. */
  total: number | null;
  /** What tells this file from a later one of the same name; null when nothing does. */
  validator: string | null;
  /** Throws `SourceFailure` where it breaks off. */
  body: AsyncIterable<Uint8Array>;
  /** Gives up what was not read. */
  close(): void;
}

/** Why a source did not give what it was asked for. */
export class SourceFailure extends Error {
  override readonly name = 'SourceFailure';

  constructor(
    message: string,
    readonly details: {
      /** Whether to ask again may help. */
      retry: boolean;
      /** `range`: it cannot give this part of that file any more. `refused`: who asks may not read it. `missing`: it does not have it, and never said so itself. */
      kind?: 'range' | 'refused' | 'missing';
      /** Whether the same goes for all else of the source, so that to ask for another file is of no use. */
      wide?: boolean;
      /** How long it asks to be left alone, in ms. */
      wait_ms?: number;
      suggestions?: string[];
      cause?: unknown;
    },
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
  }
}
