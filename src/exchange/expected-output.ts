import { extname } from 'node:path';
import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import type { ExportedFile } from '../model/exchange.js';
import { EXPECTED_COLUMNS, type ExpectedFile } from '../manifests/expected-file.js';
import { BUNDLE, type ExpectedList } from './expected-list.js';
import { textJob, writeExport, type ExportJob, type ExportOptions, type TextSink } from './export-target.js';
import type { ImportLog } from './import-log.js';

/** Spreadsheets run cells that begin so as formulas. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * Writes what a manifest says should exist: as `.csv` or `.json` with all that is known, or as `.md5`, `.sha1`, `.sha256` or `.sha512`, the list that
 * md5sum and its kin check. The order is that of the manifest; an entry that is there twice is written once.
 * @throws {CurationError} USAGE for another ending, or when the file is there already; DISK_FULL, IO_FAILED
 */
export async function writeExpectedList(list: ExpectedList, log: ImportLog, output: string, options: ExportOptions): Promise<ExportedFile> {
  const [file] = await writeExport(output, [jobFor(list, log, output)], options);
  if (file === undefined) throw new Error('one job makes one file');
  return file;
}

function jobFor(list: ExpectedList, log: ImportLog, output: string): ExportJob {
  const ending = extname(output);
  const name = `expected${ending}`;
  if (ending === '.csv') return textJob(name, (sink) => writeCsv(list, log, sink));
  if (ending === '.json') return textJob(name, (sink) => writeJson(list, sink));
  const algorithm = (['md5', 'sha1', 'sha256', 'sha512'] as const).find((each) => ending === `.${each}`);
  if (algorithm !== undefined) return textJob(name, (sink) => writeSums(list, log, sink, algorithm));
  throw new CurationError('USAGE', 'The ending of the output does not say what to write.', { expected: '.csv, .json, .md5, .sha1, .sha256 or .sha512', found: output });
}

async function* entries({ catalog }: ExpectedList): AsyncGenerator<ExpectedFile, void, undefined> {
  const columns = EXPECTED_COLUMNS.filter((name) => name !== 'id' && name !== 'path').map((name) => `arg_min(${name}, line) AS ${name}`);
  const sql = `SELECT min(line) AS line, id, path, ${columns.join(', ')} FROM expected WHERE source <> '${BUNDLE}'
    GROUP BY id, path, CASE WHEN id IS NULL AND path IS NULL THEN url END ORDER BY line, id, path`;
  for await (const rows of catalog.stream<ExpectedFile>(sql)) yield* rows;
}

async function writeCsv(list: ExpectedList, log: ImportLog, sink: TextSink): Promise<number> {
  let [count, refused] = [0, 0];
  sink.add(`${EXPECTED_COLUMNS.join(',')}\n`);
  for await (const entry of entries(list)) {
    const cells = EXPECTED_COLUMNS.map((name) => String(entry[name] ?? ''));
    if (cells.some((cell) => FORMULA.test(cell))) refused += 1;
    else {
      sink.add(`${cells.map((cell) => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`);
      count += 1;
    }
  }
  if (refused > 0) log.notes.push(`${refused} entries are not in the CSV file, for a spreadsheet would run them as formulas; a .json list has them.`);
  return count;
}

async function writeJson(list: ExpectedList, sink: TextSink): Promise<number> {
  let count = 0;
  sink.add('[');
  for await (const entry of entries(list)) {
    const known = EXPECTED_COLUMNS.flatMap((name) => (entry[name] === null ? [] : [[name, entry[name]] as const]));
    sink.add(`${count === 0 ? '' : ','}\n  ${canonicalJson(Object.fromEntries(known))}`);
    count += 1;
  }
  sink.add('\n]\n');
  return count;
}

async function writeSums(list: ExpectedList, log: ImportLog, sink: TextSink, algorithm: 'md5' | 'sha1' | 'sha256' | 'sha512'): Promise<number> {
  let [count, lacking] = [0, 0];
  for await (const entry of entries(list)) {
    if (entry.path === null || entry[algorithm] === null) lacking += 1;
    else {
      sink.add(`${entry[algorithm]}  ${entry.path}\n`);
      count += 1;
    }
  }
  if (lacking > 0) log.notes.push(`${lacking} entries are not in the list, for they have no path or no ${algorithm}.`);
  return count;
}
