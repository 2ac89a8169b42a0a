import { readFileSync, statSync } from 'node:fs';
import { CurationError, systemErrorCode, wrapSystemError } from '../../errors.js';
import { nearMiss } from '../../model/near-miss.js';
import { DelimitedTextError, readDelimitedRows } from '../lists/delimited-text.js';
import type { BoundCase } from './problem.js';

/** Larger files are refused unread, in bytes. */
const MAX_FILE_BYTES = 256 * 1024 * 1024;

/** Defects that an error lists; of more it tells the number. */
const MAX_LISTED = 20;

/** Beyond so many cases, an unknown one is not compared with all of them. */
const MAX_COMPARED = 20_000;

/** What names a file with forced assignments, and what it may say. */
export interface ForcedFileRules {
  split: string;
  /** Path as it stands in colophon.yaml, for errors. */
  shown: string;
  parts: readonly string[];
}

/** Reads the rows of the file at `path`; see parseForcedFile. @throws {CurationError} CONFIG_INVALID, IO_FAILED */
export function readForcedFile(path: string, rules: ForcedFileRules): BoundCase[] {
  const key = `splits.${rules.split}.assign`;
  try {
    const { size } = statSync(path);
    if (size > MAX_FILE_BYTES)
      throw new CurationError('CONFIG_INVALID', `${key}: ${rules.shown} is too large for a list of cases.`, { expected: `at most ${MAX_FILE_BYTES} bytes`, found: `${size} bytes` });
    return parseForcedFile(new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)), rules);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT')
      throw new CurationError('CONFIG_INVALID', `${key}: there is no file ${rules.shown}.`, { cause: error, suggestions: [`Put it there (paths are relative to the workspace), or take \`assign\` out of splits.${rules.split}.`] });
    if (systemErrorCode(error) === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new CurationError('CONFIG_INVALID', `${key}: ${rules.shown} is not UTF-8 text.`, { cause: error, suggestions: ['Save it as UTF-8.'] });
    throw wrapSystemError(error, 'reading the forced assignments', path);
  }
}

/**
 * The cases that a CSV text with the columns `case_id` and `part` (more are passed over) forces into parts, each once.
 * @throws {CurationError} CONFIG_INVALID naming the lines with an unknown part, an empty cell, or a case in a second part
 */
export function parseForcedFile(text: string, rules: ForcedFileRules): BoundCase[] {
  const rows: BoundCase[] = [];
  const lineOf = new Map<string, BoundCase>();
  const defects: string[] = [];
  let places: { id: number; part: number } | null = null;
  try {
    for (const { cells, line } of readDelimitedRows(text)) {
      if (places === null) {
        places = findColumns(cells, rules);
        continue;
      }
      const row: BoundCase = { case_id: cells[places.id] ?? '', part: cells[places.part] ?? '', rule: `assign: ${rules.shown}`, line };
      const before = lineOf.get(row.case_id);
      const defect = defectOf(row, before, rules);
      if (defect !== null) defects.push(`line ${line}: ${defect}`);
      else if (before === undefined) lineOf.set(row.case_id, rows[rows.push(row) - 1]!);
    }
  } catch (error) {
    if (!(error instanceof DelimitedTextError)) throw error;
    defects.push(error.message);
  }
  if (places === null && defects.length === 0) findColumns([], rules);
  if (defects.length > 0) throw forcedFileError(rules, defects, ['Correct these lines.']);
  return rows;
}

function findColumns(header: readonly string[], rules: ForcedFileRules): { id: number; part: number } {
  const names = header.map((name) => name.trim().toLowerCase());
  const [id, part] = [names.indexOf('case_id'), names.indexOf('part')];
  if (id >= 0 && part >= 0) return { id, part };
  throw new CurationError('CONFIG_INVALID', `splits.${rules.split}.assign: the first line of ${rules.shown} lacks the column ${id < 0 ? 'case_id' : 'part'}.`, {
    expected: 'case_id,part',
    found: header.length === 0 ? 'an empty file' : JSON.stringify(header.slice(0, 10).join(',')).slice(0, 120),
    suggestions: ['Write `case_id,part` as the first line.'],
  });
}

function defectOf({ case_id, part }: BoundCase, before: BoundCase | undefined, { parts }: ForcedFileRules): string | null {
  if (case_id === '') return 'the case_id is empty';
  if (!parts.includes(part)) {
    const near = nearMiss(part, parts);
    return `no part ${JSON.stringify(part.slice(0, 64))}; ${near === undefined ? `the parts are ${parts.join(', ')}` : `did you mean ${near}?`}`;
  }
  if (before === undefined || before.part === part) return null;
  return `${case_id} goes into ${part}, but line ${before.line} puts it into ${before.part}: the file contradicts itself`;
}

/** Why a forced case cannot be forced: it is not accepted (the status), or outside this split (the reason). */
export interface OtherCases {
  statusOf(caseId: string): string | undefined;
  outside: ReadonlyMap<string, string>;
}

/**
 * The rows about cases of the split; the others are an error, but for cases that were rejected or withdrawn since.
 * @returns `passed`: how many rows were about such cases
 * @throws {CurationError} CONFIG_INVALID naming the lines
 */
export function matchForced(rows: readonly BoundCase[], indexOf: ReadonlyMap<string, number>, others: OtherCases, rules: ForcedFileRules): { forced: BoundCase[]; passed: number } {
  const forced: BoundCase[] = [];
  const defects: string[] = [];
  let passed = 0;
  for (const row of rows) {
    const reason = others.outside.get(row.case_id);
    if (indexOf.has(row.case_id)) forced.push(row);
    else if (reason !== undefined) defects.push(`line ${row.line}: ${row.case_id} is not of this split: it is ${reason}`);
    else if (others.statusOf(row.case_id) !== undefined) passed++;
    else {
      const near = indexOf.size <= MAX_COMPARED && defects.length < MAX_LISTED ? nearMiss(row.case_id, indexOf.keys()) : undefined;
      defects.push(`line ${row.line}: there is no case ${JSON.stringify(row.case_id.slice(0, 64))}${near === undefined ? '' : `; did you mean ${near}?`}`);
    }
  }
  if (defects.length > 0) throw forcedFileError(rules, defects, ['Correct these lines or take them out.', 'When the cases are new, run: colophon pull']);
  return { forced, passed };
}

function forcedFileError({ split, shown }: ForcedFileRules, defects: readonly string[], suggestions: string[]): CurationError {
  const listed = defects.slice(0, MAX_LISTED).map((defect) => `  ${shown}, ${defect}`);
  if (defects.length > MAX_LISTED) listed.push(`  and ${defects.length - MAX_LISTED} more`);
  return new CurationError('CONFIG_INVALID', [`splits.${split}.assign cannot be followed:`, ...listed].join('\n'), { suggestions });
}
