import { join } from 'node:path';
import type { Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { CHECKSUM_ALGORITHMS, checksumFile } from '../fixity/checksum.js';
import { describeDefect, UnreadableFileError } from '../fixity/file.js';
import { walkTree, type TreeEntryKind } from '../fixity/walk.js';
import type { ExpectedFile } from '../manifests/expected-file.js';
import { BUNDLE, type ExpectedList } from './expected-list.js';
import type { ImportLog } from './import-log.js';

/** What a comparison found besides problems. */
export interface Comparison {
  /** Entries that are there, as they should be as far as the manifest says. */
  matched: number;
  /** Files looked at, and bytes hashed. */
  files: number;
  bytes: number;
}

export interface FolderOptions {
  /** Only what is below is compared, e.g. `data/` in a bag. */
  within: string;
  signal?: AbortSignal;
}

type FoundFile = ExpectedFile & { kind: TreeEntryKind | null; found_bytes: number | null; fetchable: boolean };

/**
 * Compares the files of a manifest with those of a folder, both ways: missing, extra, cut short, other bytes. Entries without a path are
 * looked for by id, as the name of a folder or file. No link is followed.
 * @throws {CurationError} SOURCE_MISSING, INTERRUPTED
 */
export async function compareWithFolder(list: ExpectedList, log: ImportLog, folder: string, { within, signal }: FolderOptions, effects: Effects): Promise<Comparison> {
  const files = await listFolder(list, folder, within, log);
  const result: Comparison = { matched: 0, files, bytes: 0 };
  const sql = `SELECT e.*, f.kind, f.size_bytes AS found_bytes FROM (${ONCE}) AS e LEFT JOIN found AS f ON f.path = e.path ORDER BY e.path, e.line`;
  for await (const rows of list.catalog.stream<FoundFile>(sql)) {
    if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
    for (const row of rows) {
      if (compareFile(row, folder, log)) result.matched += 1;
      result.bytes += row.found_bytes ?? 0;
    }
    effects.progress({ stage: 'comparing', files: result.matched, bytes: result.bytes });
  }
  result.matched += await matchByName(list, log);
  await reportExtra(list, log);
  return result;
}

const ONCE = `SELECT path, min(line) AS line, max(size_bytes) AS size_bytes, ${CHECKSUM_ALGORITHMS.map((name) => `max(${name}) AS ${name}`).join(', ')}
  FROM expected WHERE path IS NOT NULL AND source <> '${BUNDLE}' GROUP BY path`;

/** Fills the tables `found` (files) and `element` (names of folders and files, without ending). */
async function listFolder({ catalog }: ExpectedList, folder: string, within: string, log: ImportLog): Promise<number> {
  await catalog.run('CREATE TABLE found (path VARCHAR, kind VARCHAR, size_bytes BIGINT)');
  await catalog.run('CREATE TABLE element (name VARCHAR)');
  const [found, element] = [await catalog.appender('found'), await catalog.appender('element')];
  let files = 0;
  let before: readonly string[] = [];
  for (const { path, kind, size_bytes } of walkTree(folder)) {
    if (path === '.') throw new CurationError('SOURCE_MISSING', `The folder cannot be read: ${folder}`, { suggestions: ['Check the path; it is relative to the current folder.'] });
    if (!path.startsWith(within)) continue;
    if (kind === 'unreadable') log.report('unreadable', path, 'It cannot be read.');
    found.appendRow([path, kind, size_bytes]);
    const names = path.split('/');
    for (const [at, name] of names.entries()) if (name !== before[at]) element.appendRow([at === names.length - 1 ? name.replace(/\.[A-Za-z][A-Za-z0-9]*$/, '') : name]);
    before = names;
    files += 1;
  }
  found.close();
  element.close();
  return files;
}

/** Whether a file is there as the manifest says. */
function compareFile(row: FoundFile, folder: string, log: ImportLog): boolean {
  const path = row.path ?? '';
  const problems = log.total;
  if (row.kind === null) log.report('missing', path, `It is on line ${row.line} of the manifest, and not there.`);
  else if (row.kind !== 'file') log.report(row.kind, path, row.kind === 'link' ? 'It is a link, which is not followed.' : `It is ${describeDefect(row.kind)}.`);
  else if (row.size_bytes !== null && row.size_bytes !== row.found_bytes) {
    const comparison = { expected: `${row.size_bytes} bytes`, found: `${row.found_bytes ?? 0} bytes` };
    if ((row.found_bytes ?? 0) < row.size_bytes) log.report('truncated', path, 'It is shorter than the manifest says.', comparison);
    else log.report('corrupt', path, 'It is longer than the manifest says.', comparison);
  } else compareChecksums(row, join(folder, path), log);
  return log.total === problems;
}

function compareChecksums(row: FoundFile, file: string, log: ImportLog): void {
  const algorithms = CHECKSUM_ALGORITHMS.filter((name) => row[name] !== null);
  if (algorithms.length === 0) return;
  try {
    const found = checksumFile(file, algorithms);
    const wrong = algorithms.findIndex((name, at) => row[name] !== found[at]);
    const algorithm = algorithms[wrong];
    if (algorithm !== undefined) log.report('corrupt', row.path ?? '', 'Its bytes are not those of the manifest.', { expected: `${algorithm} ${row[algorithm]}`, found: `${algorithm} ${found[wrong]}` });
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    log.report('unreadable', row.path ?? '', `It ${describeDefect(error.defect)}.`);
  }
}

/** Entries that are known by an id alone: is there something of that name? Returns how many there are. */
export async function matchByName({ catalog }: ExpectedList, log: ImportLog): Promise<number> {
  const sql = `SELECT e.id, e.line, n.name IS NOT NULL AS there FROM (
      SELECT id, min(line) AS line FROM expected WHERE path IS NULL AND id IS NOT NULL AND source <> '${BUNDLE}' GROUP BY id) AS e
    LEFT JOIN (SELECT DISTINCT name FROM element) AS n ON n.name = regexp_replace(e.id, '^.*/', '') ORDER BY e.line`;
  let matched = 0;
  for await (const rows of catalog.stream<{ id: string; line: number; there: boolean }>(sql))
    for (const { id, line, there } of rows) {
      if (there) matched += 1;
      else log.report('missing', id, `It is on line ${line} of the manifest, and nothing there has its name.`);
    }
  return matched;
}

/** Files that no entry names; asked only when entries name files at all. */
async function reportExtra({ catalog }: ExpectedList, log: ImportLog): Promise<void> {
  const [paths] = await catalog.all<{ n: number; other: number }>(`SELECT count(path) AS n, count(*) FILTER (path IS NULL AND source <> '${BUNDLE}') AS other FROM expected`);
  if (paths === undefined || paths.n === 0 || paths.other > 0) {
    log.notes.push('Not every entry of the manifest has a path, so files that are in no entry are not told.');
    return;
  }
  const sql = 'SELECT path FROM found WHERE path NOT IN (SELECT path FROM expected WHERE path IS NOT NULL) ORDER BY path';
  for await (const rows of catalog.stream<{ path: string }>(sql)) for (const { path } of rows) log.report('extra', path, 'No entry of the manifest names it.');
}
