import { closeSync } from 'node:fs';
import { join } from 'node:path';
import { RunningSha256 } from '../fixity/digest.js';
import { describeDefect, openRegularFile, UnreadableFileError } from '../fixity/file.js';
import { DelimitedPass } from './delimited-pass.js';
import { GzipDefect, readPieces } from './table-bytes.js';
import { DefectLog } from './table-defect.js';
import type { TableFile } from './table-folder.js';

/** What the beginning of a table file shows: its columns, null where the format has no header; or what is wrong with it. */
export type TableHeader = { ok: true; columns: number | null } | { ok: false; reason: string };

const [LF, OPEN_LIST, OPEN_OBJECT] = [0x0a, 0x5b, 0x7b];

/** Reads no more than the beginning of a table file, as strictly as a pull would. */
export async function readTableHeader(folder: string, file: TableFile): Promise<TableHeader> {
  try {
    const { descriptor } = openRegularFile(join(folder, file.path));
    try {
      for await (const piece of readPieces(descriptor, file.gzip, new RunningSha256())) return judgeBeginning(file, piece);
      return { ok: false, reason: 'The file is empty.' };
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    if (error instanceof GzipDefect) return { ok: false, reason: error.message };
    if (error instanceof UnreadableFileError) return { ok: false, reason: `The file is ${describeDefect(error.defect)}.` };
    throw error;
  }
}

function judgeBeginning({ format }: TableFile, piece: Buffer): TableHeader {
  if (format === 'parquet') return piece.subarray(0, 4).toString('latin1') === 'PAR1' ? { ok: true, columns: null } : { ok: false, reason: 'It does not begin as a Parquet file does.' };
  if (format === 'json' || format === 'ndjson') {
    const first = piece.find((byte) => byte > 0x20);
    return first === OPEN_LIST || first === OPEN_OBJECT ? { ok: true, columns: null } : { ok: false, reason: 'It does not begin as JSON does.' };
  }
  const defects = new DefectLog();
  const pass = new DelimitedPass(format === 'csv' ? ',' : '\t', defects, () => {});
  const end = piece.indexOf(LF);
  pass.push(end === -1 ? piece : piece.subarray(0, end + 1));
  const shape = pass.end();
  const [defect] = defects.kept;
  return defect === undefined && shape !== null ? { ok: true, columns: shape.labels.length } : { ok: false, reason: defect?.message ?? 'It has no header.' };
}
