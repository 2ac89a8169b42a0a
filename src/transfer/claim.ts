import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { parseJsonStrict } from '../fixity/json.js';
import { RELEASE_FILES } from '../model/release.js';
import type { LatestPointer } from '../model/transfer.js';
import { logName, type LogEntry } from '../release/release-log.js';
import { conflict, type Destination } from './destination.js';

/** Where the mutable pointer to the newest release is. */
export const LATEST_FILE = 'latest.json';

/** How often a pointer that others move at the same time is tried. */
const MAX_ATTEMPTS = 5;

const logPath = (sequence: number): string => `log/${logName(sequence)}`;

/**
 * Whether a release may go to a destination: its number is free there or claimed by this very release, its version is not
 * that of another one, and its neighbours are chained to it.
 * @returns sentences: what to know
 * @throws {CurationError} PUSH_CONFLICT naming both digests
 */
export async function checkClaim(destination: Destination, { sequence, document, digest }: LogEntry): Promise<string[]> {
  const { version, previous } = document;
  for (const path of [logPath(sequence), `${version}/${RELEASE_FILES.release}`]) await refuseOther(destination, path, digest);
  const next = await destination.read(logPath(sequence + 1));
  if (next !== null && previousDigest(next.bytes) !== digest) throw conflict(destination, logPath(sequence + 1), `a release upon sha256:${digest}`, 'a release upon another one');
  if (previous === null) return [];
  const before = await refuseOther(destination, logPath(sequence - 1), previous.digest);
  return before ? [] : [`The destination does not have the release before, ${previous.version}: readers cannot follow the chain there.`];
}

/** False when there is nothing. */
async function refuseOther(destination: Destination, path: string, digest: string): Promise<boolean> {
  const found = await destination.read(path);
  if (found === null) return false;
  const other = sha256Hex(found.bytes);
  if (other !== digest) throw conflict(destination, path, `the release sha256:${digest}`, `the release sha256:${other}`);
  return true;
}

function previousDigest(bytes: Buffer): unknown {
  const reading = parseJsonStrict(bytes);
  const document = reading.ok ? (reading.value as { previous?: { digest?: unknown } | null } | null) : null;
  return document?.previous?.digest;
}

/**
 * Claims the number at the destination, where one publisher of all gets it.
 * @param bytes of release.json
 * @throws {CurationError} PUSH_CONFLICT when another release has it
 */
export async function claim(destination: Destination, { sequence, digest }: LogEntry, bytes: Buffer): Promise<void> {
  const path = logPath(sequence);
  if (await destination.create(path, bytes)) return;
  if (await refuseOther(destination, path, digest)) return;
  throw new CurationError('PUSH_CONFLICT', `Another publisher works on the same number at this moment: ${destination.name}/${path}`, { suggestions: ['Run the same command again.'] });
}

/** The version that latest.json of a destination names; null when there is none, or nothing that can be read. */
export async function readLatest(destination: Destination): Promise<LatestPointer | null> {
  const found = await destination.read(LATEST_FILE);
  return found === null ? null : parseLatest(found.bytes);
}

/**
 * Lets latest.json name this release, unless it names a later one.
 * @returns the version that it names then
 * @throws {CurationError} PUSH_CONFLICT
 */
export async function pointToLatest(destination: Destination, { sequence, document, digest }: LogEntry): Promise<string> {
  const pointer: LatestPointer = { dataset: document.dataset.id, date: document.date, digest: `sha256:${digest}`, sequence, version: document.version };
  const bytes = Buffer.from(canonicalJson(pointer));
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const found = await destination.read(LATEST_FILE);
    const named = found === null ? null : parseLatest(found.bytes);
    if (found !== null && named === null) throw conflict(destination, LATEST_FILE, 'a pointer to a release', 'something else');
    if (named !== null && named.dataset !== pointer.dataset) throw conflict(destination, LATEST_FILE, `the dataset ${pointer.dataset}`, `the dataset ${named.dataset}`);
    if (named !== null && named.sequence >= sequence) return named.version;
    if (found === null ? await destination.create(LATEST_FILE, bytes) : await destination.replace(LATEST_FILE, bytes, found.tag)) return pointer.version;
  }
  throw conflict(destination, LATEST_FILE, 'a pointer that stands still', 'one that others moved again and again');
}

/** What latest.json names; null when it is none. */
export function parseLatest(bytes: Buffer): LatestPointer | null {
  const reading = parseJsonStrict(bytes);
  if (!reading.ok || typeof reading.value !== 'object' || reading.value === null) return null;
  const { dataset, sequence, version } = reading.value as Partial<LatestPointer>;
  const sound = typeof dataset === 'string' && Number.isSafeInteger(sequence) && typeof version === 'string' && /^\d+\.\d+\.\d+$/.test(version);
  return sound ? (reading.value as LatestPointer) : null;
}
