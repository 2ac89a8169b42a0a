import { readFileSync } from 'node:fs';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import { sha256Hex } from '../../fixity/digest.js';
import { formatCsvRow, parseCsvRows } from '../lists/csv-row.js';

/** Format of `splits/<name>.csv`; bound into the opening digest. */
export const RECORD_FORMAT = 'colophon-split-record/1';

const COLUMNS = ['sequence', 'case_id', 'group_id', 'part', 'since', 'digest'];

/** A frozen assignment. */
export interface RecordRow {
  case_id: string;
  group_id: string;
  part: string;
  /** Date of freezing, YYYY-MM-DD. */
  since: string;
}

/** A record as it was read, whole and with every link of the chain checked. */
export interface SplitRecord {
  /** In the order of freezing: row i has the sequence i + 1. */
  rows: RecordRow[];
  /** Digest of the last row, of the opening when there is none: it names the whole record. */
  digest: string;
  /** The bytes of the file; '' while there is none. */
  text: string;
}

/** What a record is bound to: a record of another split or seed is refused. */
export interface RecordIdentity {
  split: string;
  seed: string;
}

/** Digest that the chain starts from; it commits to the seed without showing it. */
export function openingDigest({ split, seed }: RecordIdentity): string {
  return sha256Hex(JSON.stringify([RECORD_FORMAT, split, seed]));
}

/** Digest of a row: SHA-256(digest of the row before, line feed, the row's five cells as they stand in the file). */
export function chainDigest(previous: string, cells: readonly string[]): string {
  return sha256Hex(`${previous}\n${formatCsvRow(cells)}`);
}

/**
 * Reads and verifies a record; a file that is not there is an empty record.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED with the line of the first broken link; IO_FAILED
 */
export function readRecord(path: string, identity: RecordIdentity): SplitRecord {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { rows: [], digest: openingDigest(identity), text: '' };
    throw wrapSystemError(error, 'reading the split record', path);
  }
  return parseRecord(decode(bytes, path), identity, path);
}

function decode(bytes: Buffer, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw tampered(path, lineOfFirstBadByte(bytes), 'UTF-8 text', 'bytes that are none');
  }
}

function lineOfFirstBadByte(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(10, start);
    const slice = bytes.subarray(start, end < 0 ? bytes.length : end);
    if (!Buffer.from(slice.toString('utf8'), 'utf8').equals(slice)) return line;
    if (end < 0) break;
    start = end + 1;
  }
  return line;
}

/**
 * Verifies the text of a record: every row as it would be written, in sequence, each digest following from the one
 * before, no case twice, the last line ended.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED
 */
export function parseRecord(text: string, identity: RecordIdentity, path: string): SplitRecord {
  const rows: RecordRow[] = [];
  const seen = new Set<string>();
  let digest = openingDigest(identity);
  let position = 0;
  for (const { cells, line, start, end } of parseCsvRows(text)) {
    const [written, ended] = [text.slice(start, end), text[end] === '\n'];
    if (position === 0) expectLine(path, line, COLUMNS.join(','), written);
    else if (position === 1) expectOpening(path, line, digest, written);
    else {
      const expected = [String(position - 1), ...cells.slice(1, 5)];
      digest = chainDigest(digest, expected);
      expectRow(path, line, expected, digest, cells, written);
      const row = readRow(path, line, expected);
      if (seen.has(row.case_id)) throw tampered(path, line, 'a case that has no row yet', `${row.case_id} a second time`);
      seen.add(row.case_id);
      rows.push(row);
    }
    if (!ended) throw tampered(path, line, 'a line feed at the end of the row', 'the end of the file');
    position++;
  }
  if (position < 2) throw tampered(path, position + 1, position === 0 ? COLUMNS.join(',') : 'the opening row', 'the end of the file');
  return { rows, digest, text };
}

function openingRow(digest: string): string {
  return formatCsvRow(['0', '', '', '', '', digest]);
}

function expectOpening(path: string, line: number, digest: string, written: string): void {
  if (written === openingRow(digest)) return;
  throw tampered(path, line, openingRow(digest), written, [
    'When the seed of this split was changed in colophon.yaml, put the old one back: a record belongs to one name and one seed.',
  ]);
}

function expectLine(path: string, line: number, expected: string, written: string): void {
  if (written === expected) return;
  const carriage = written.endsWith('\r') ? ['Line ends were changed to CRLF: keep them with `splits/*.csv -text` in .gitattributes.'] : [];
  throw tampered(path, line, expected, written, carriage);
}

/** Names the cell that is wrong: the sequence of a row that was taken out or put in, else the digest that no longer follows. */
function expectRow(path: string, line: number, expected: readonly string[], digest: string, cells: readonly string[], written: string): void {
  if (cells.length === COLUMNS.length && cells[0] !== expected[0]) throw tampered(path, line, `sequence ${expected[0]}`, `sequence ${cells[0]}`);
  if (cells.length === COLUMNS.length && cells[5] !== digest && !written.endsWith('\r')) throw tampered(path, line, `digest ${digest}`, `digest ${cells[5]}`);
  expectLine(path, line, formatCsvRow([...expected, digest]), written);
}

function readRow(path: string, line: number, [, case_id = '', group_id = '', part = '', since = '']: string[]): RecordRow {
  if (case_id === '' || group_id === '' || part === '' || !/^\d{4}-\d{2}-\d{2}$/.test(since))
    throw tampered(path, line, 'a case, a group, a part and a date', formatCsvRow([case_id, group_id, part, since]));
  return { case_id, group_id, part, since };
}

function tampered(path: string, line: number, expected: string, found: string, suggestions: string[] = []): CurationError {
  return new CurationError('SPLIT_RECORD_TAMPERED', `The frozen record is not as it was written, first at line ${line}: ${path}`, {
    expected,
    found,
    suggestions: [...suggestions, 'Restore the file from a backup or from version control; Colophon never edits a frozen row.'],
  });
}

/**
 * Appends rows and returns the record with them. The file is written aside, fsynced and renamed, with the old bytes first:
 * a crash leaves the old record or the new one, never a torn line, and there is nothing to recover.
 * The caller holds the workspace's lock, and `record` is what the file holds.
 * @throws {CurationError} DISK_FULL, IO_FAILED
 */
export function appendRecord(path: string, record: SplitRecord, identity: RecordIdentity, rows: readonly RecordRow[]): SplitRecord {
  if (rows.length === 0) return record;
  const lines = record.text === '' ? [COLUMNS.join(','), openingRow(openingDigest(identity))] : [];
  let digest = record.digest;
  for (const [index, row] of rows.entries()) {
    const cells = [String(record.rows.length + index + 1), row.case_id, row.group_id, row.part, row.since];
    digest = chainDigest(digest, cells);
    lines.push(formatCsvRow([...cells, digest]));
  }
  const text = `${record.text}${lines.join('\n')}\n`;
  makeParentFolder(path);
  writeFileAtomic(path, text);
  return { rows: [...record.rows, ...rows], digest, text };
}
