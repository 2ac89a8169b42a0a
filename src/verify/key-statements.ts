import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { MAX_KEY_LOG_BYTES, MAX_STATEMENTS, parseKeyLog, type KeyLog } from '../fixity/key-log.js';
import { parseJsonStrict } from '../fixity/json.js';
import type { SignedStatement } from '../fixity/key-statement.js';
import type { KeyStatement } from '../model/key-statement.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { recallKeyLogs } from './rollback.js';

const OWN = RELEASE_FILES.keys;
const BESIDE = '../keys';

/**
 * Reads the statements about signing keys: those that came with the release, the log beside it, which may know more, and what
 * was remembered. All must tell one history; the longest counts, so that a statement that was seen once stays known.
 */
export function readKeyStatements(inspection: Inspection): void {
  const { document, rootFiles, notChecked, statements } = inspection;
  if (document === null) {
    if (rootFiles.has(OWN)) notChecked.push('The statements about signing keys: release.json cannot be used.');
    return;
  }
  const { id } = document.dataset;
  const sources: [string, SignedStatement[]][] = [[OWN, rootFiles.has(OWN) ? readLog(inspection, OWN, () => readText(inspection.resolve(OWN)), id) : []]];
  const folder = join(dirname(inspection.root), 'keys');
  const whose = findBeside(folder, id);
  if (whose === 'foreign') notChecked.push('The statements about signing keys beside this copy: they are about another dataset.');
  if (whose === 'own') sources.push([BESIDE, readLog(inspection, BESIDE, () => readKeyFolder(folder), id)]);
  for (const text of recallKeyLogs(inspection, id)) sources.push(['what was seen before', parseKeyLog(text, id).statements]);
  for (const [name, log] of sources) if (!merge(inspection, name, log)) break;
  for (const statement of statements) checkPlace(inspection, statement);
}

/** Adds what a log knows more; false when it contradicts. */
function merge(inspection: Inspection, name: string, log: readonly SignedStatement[]): boolean {
  const { statements } = inspection;
  const fork = statements.findIndex(({ digest }, index) => index < log.length && log[index]!.digest !== digest);
  if (fork < 0) {
    statements.push(...log.slice(statements.length));
    return true;
  }
  inspection.report('chain-broken', OWN, `Statement ${fork + 1} about signing keys is another one than in ${name}: the keys of this dataset have two histories.`, {
    expected: log[fork]!.digest,
    found: statements[fork]!.digest,
  });
  // of two histories nobody can tell which is right: neither makes a key count
  statements.length = fork;
  return false;
}

function readLog(inspection: Inspection, path: string, read: () => string, dataset: string): SignedStatement[] {
  let log: KeyLog;
  try {
    log = parseKeyLog(read(), dataset);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    inspection.report('unreadable', path, `The statements about signing keys cannot be read: ${error.message}.`);
    return [];
  }
  if (log.fault !== null) inspection.report('chain-broken', path, `Statement ${log.fault.number} about signing keys is refused, and all after it: ${log.fault.reason}.`);
  return log.statements;
}

function readText(path: string): string {
  return readRegularFile(path, MAX_KEY_LOG_BYTES).toString('utf8');
}

/** The log as a publisher keeps it, a file a statement: `1.json` and `1.json.sig`, and so on. */
function readKeyFolder(folder: string): string {
  const names = new Set(readdirSync(folder));
  const parts: string[] = [];
  for (let number = 1; number <= MAX_STATEMENTS + 1 && names.has(`${number}.json`); number++) {
    parts.push(readText(join(folder, `${number}.json`)));
    if (names.has(`${number}.json.sig`)) parts.push(readText(join(folder, `${number}.json.sig`)));
  }
  return parts.join('');
}

/** Whose keys lie beside the release: the folder above may be somebody's download folder, with other datasets or no keys. */
function findBeside(folder: string, dataset: string): 'none' | 'foreign' | 'own' {
  try {
    const reading = parseJsonStrict(readText(join(folder, '1.json')));
    const about: unknown = reading.ok ? (reading.value as Partial<KeyStatement> | null)?.dataset : undefined;
    return typeof about === 'string' && about !== dataset ? 'foreign' : 'own';
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return error.defect === 'missing' ? 'none' : 'own';
  }
}

/** A statement names the release that it was made after: it belongs to one history of releases. */
function checkPlace(inspection: Inspection, { statement }: SignedStatement): void {
  const { document, digest } = inspection;
  const { after, number } = statement;
  if (document === null || after === null) return;
  const known = after.sequence === document.sequence ? digest : after.sequence === document.sequence - 1 ? (document.previous?.digest ?? null) : null;
  if (known === null || known === after.digest) return;
  inspection.report('chain-broken', OWN, `Statement ${number} about signing keys was made after another release ${after.sequence} than this history has.`, {
    expected: known,
    found: after.digest,
  });
}
