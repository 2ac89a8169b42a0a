import { readFileSync } from 'node:fs';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import { parseJsonStrict } from '../../fixity/json.js';
import type { RecordBatch } from '../../model/split-draw.js';

/** Format of `splits/<name>.draws.jsonl`, in every line. */
const DRAW_LOG_FORMAT = 'colophon-split-draws/1';

/** Where the draws of a record are described: beside it. Losing this file loses replays, and no assignment. */
export function drawLogPath(recordPath: string): string {
  return recordPath.replace(/\.csv$/, '.draws.jsonl');
}

/**
 * The batches of a record that are described, oldest first. Lines beyond the end of the record are of a freeze that broke
 * off before the record was written, and are passed over.
 * @param rows rows of the record
 * @throws {CurationError} SPLIT_RECORD_TAMPERED for a line that is none; IO_FAILED
 */
export function readDrawLog(recordPath: string, rows: number): RecordBatch[] {
  const path = drawLogPath(recordPath);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw wrapSystemError(error, 'reading what the draws of a split were made from', path);
  }
  const batches = text.split('\n').filter((line) => line !== '').map((line, index) => parseLine(line, index + 1, path));
  for (const [index, { batch, first, last }] of batches.entries())
    if (batch !== index + 1 || last < first || first <= (batches[index - 1]?.last ?? 0)) throw malformed(path, index + 1, 'it does not follow the line before');
  return batches.filter(({ last }) => last <= rows);
}

function parseLine(line: string, number: number, path: string): RecordBatch {
  const reading = parseJsonStrict(Buffer.from(line));
  if (!reading.ok) throw malformed(path, number, reading.reason);
  const value = reading.value as Partial<RecordBatch> & { format?: string };
  if (value.format !== DRAW_LOG_FORMAT || ![value.batch, value.first, value.last].every(Number.isSafeInteger)) throw malformed(path, number, `it is no line of ${DRAW_LOG_FORMAT}`);
  const { batch = 0, first = 0, last = 0, since = '', draw = null, imported = null } = value;
  return { batch, first, last, since, draw, imported };
}

/**
 * Describes the rows that are about to be appended to a record. The caller holds the workspace's lock and appends them next:
 * when that fails, the line is replaced by the next one.
 * @throws {CurationError} DISK_FULL, IO_FAILED, SPLIT_RECORD_TAMPERED
 */
export function appendDrawLog(recordPath: string, rows: number, added: number, { since, draw, imported }: Pick<RecordBatch, 'since' | 'draw' | 'imported'>): void {
  if (added === 0) return;
  const batches = readDrawLog(recordPath, rows);
  const next: RecordBatch = { batch: batches.length + 1, first: rows + 1, last: rows + added, since, draw, imported };
  const lines = [...batches, next].map((batch) => canonicalJson(JSON.parse(JSON.stringify({ format: DRAW_LOG_FORMAT, ...batch })) as Parameters<typeof canonicalJson>[0]));
  makeParentFolder(recordPath);
  writeFileAtomic(drawLogPath(recordPath), `${lines.join('\n')}\n`);
}

function malformed(path: string, line: number, reason: string): CurationError {
  return new CurationError('SPLIT_RECORD_TAMPERED', `Line ${line} of ${path} cannot be understood: ${reason}.`, {
    suggestions: ['Restore the file from a backup or from version control.', 'Or move it away: the assignments are safe in the record beside it; only old draws cannot be replayed then.'],
  });
}
