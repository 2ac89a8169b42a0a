import { closeSync, fstatSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { RunningSha256 } from '../fixity/digest.js';
import { describeDefect, openRegularFile, UnreadableFileError } from '../fixity/file.js';
import { DelimitedPass, type TableShape } from './delimited-pass.js';
import { JsonPass } from './json-pass.js';
import type { ListSplitter } from './list-cell.js';
import { GzipDefect, readPieces } from './table-bytes.js';
import { DefectLog } from './table-defect.js';
import type { TableFile } from './table-folder.js';

/** A table file after its strict pass. */
export interface TableReading {
  /** Null for Parquet, whose shape only DuckDB can tell. */
  shape: TableShape | null;
  defects: DefectLog;
  size_bytes: number;
  mtime_ns: bigint;
  /** Of the file as stored. */
  sha256: string;
}

/** What the pass over a table file is given. */
export interface TablePass {
  splitter: ListSplitter;
  /** Takes the bytes that are to be loaded when there is no defect: rows of CSV or TSV, or the Parquet file. */
  write(bytes: Uint8Array): void;
  signal?: AbortSignal;
}

/** Takes pieces of a text or a file, then tells what it holds. */
interface Pass {
  push(chunk: Buffer): void;
  end(): TableShape | null;
}

/**
 * Reads a table file once, strictly: encoding, dialect, header, number of cells; digest of the same bytes.
 * @throws {CurationError} INTERRUPTED
 */
export async function readTableFile(folder: string, file: TableFile, pass: TablePass): Promise<TableReading> {
  const defects = new DefectLog();
  const nothing: TableReading = { shape: null, defects, size_bytes: 0, mtime_ns: 0n, sha256: '' };
  try {
    const { descriptor, stat } = openRegularFile(join(folder, file.path));
    try {
      const sha256 = new RunningSha256();
      const judge = makePass(file, pass, defects);
      for await (const piece of readPieces(descriptor, file.gzip, sha256)) {
        if (pass.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
        judge.push(piece);
      }
      const after = fstatSync(descriptor, { bigint: true });
      if (after.size !== stat.size || after.mtimeNs !== stat.mtimeNs)
        defects.add('GATE-INCOMPLETE', 'The file changed while it was read: pull again when it is complete.');
      return { shape: judge.end(), defects, size_bytes: Number(stat.size), mtime_ns: stat.mtimeNs, sha256: sha256.hex() };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof GzipDefect) defects.add('SCH-001', error.message);
    else if (error instanceof UnreadableFileError) defects.add('GATE-INCOMPLETE', `The file is ${describeDefect(error.defect)}.`, { found: error.systemCode });
    else throw error;
    return nothing;
  }
}

function makePass({ format }: TableFile, { splitter, write }: TablePass, defects: DefectLog): Pass {
  switch (format) {
    case 'csv':
      return new DelimitedPass(',', defects, write);
    case 'tsv':
      return new DelimitedPass('\t', defects, write);
    case 'json':
      return new JsonPass(false, splitter, defects, write);
    case 'ndjson':
      return new JsonPass(true, splitter, defects, write);
    case 'parquet':
      return new ParquetPass(defects, write);
  }
}

const PARQUET_MAGIC = Buffer.from('PAR1');

/** Looks at both ends of a Parquet file; the rest is DuckDB's to read. */
class ParquetPass implements Pass {
  private head = Buffer.alloc(0);
  private tail = Buffer.alloc(0);

  constructor(
    private readonly defects: DefectLog,
    private readonly write: (bytes: Uint8Array) => void,
  ) {}

  push(chunk: Buffer): void {
    if (this.head.length < 4) this.head = Buffer.concat([this.head, chunk]).subarray(0, 4);
    this.tail = Buffer.from(Buffer.concat([this.tail, chunk.subarray(-4)]).subarray(-4));
    this.write(chunk);
  }

  end(): null {
    if (!this.head.equals(PARQUET_MAGIC) || !this.tail.equals(PARQUET_MAGIC)) this.defects.add('SCH-001', 'The file is no Parquet file, or it is cut off.');
    return null;
  }
}
