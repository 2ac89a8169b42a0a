import { CurationError } from '../../errors.js';
import { sha256Hex } from '../../fixity/digest.js';
import { RELEASE_FILES, type ReleaseDocument } from '../../model/release.js';
import { MAX_DOCUMENT_BYTES, parseDocument } from '../../release/release-document.js';
import { logName } from '../../release/release-log.js';
import type { Source } from '../../network/source.js';
import { LATEST_FILE, parseLatest } from '../claim.js';
import { readRemote, type Reading } from './remote-document.js';

/** A release at a source: its folder, and its release.json as it was read there. */
export interface RemoteRelease {
  source: Source;
  document: ReleaseDocument;
  /** 64 hex digits. */
  digest: string;
  bytes: Buffer;
  /** The folder of the releases of the dataset, where amendments may be; null when nothing is above. */
  dataset: Source | null;
}

/** Entries of a log that are read. */
const MAX_LOG = 100_000;

/**
 * Finds the release that is meant: the one whose folder was named, or by its version in the log of a dataset, every entry
 * of which has to be chained to the one before.
 * @param version `latest`, or the beginning of a version: `2`, `2.1`, `2.1.0`; null for what was named
 * @throws {CurationError} RELEASE_NOT_FOUND, RELEASE_INVALID, RELEASE_TOO_NEW, TRANSFER_FAILED, USAGE
 */
export async function findRemoteRelease(reading: Reading, version: string | null, note: (sentence: string) => void): Promise<RemoteRelease> {
  if (version !== null && version !== 'latest' && !/^\d{1,9}(?:\.\d{1,9}){0,2}$/.test(version)) throw new CurationError('USAGE', 'There is no such version.', { expected: 'latest, 2, 2.1 or 2.1.0', found: version.slice(0, 100) });
  const { source } = reading;
  const bytes = await readRemote(reading, RELEASE_FILES.release, MAX_DOCUMENT_BYTES, true);
  if (bytes !== null) {
    const document = await parseDocument(bytes, `${source.name}${source.name.endsWith('/') ? '' : '/'}${RELEASE_FILES.release}`);
    if (version !== null && version !== 'latest' && !isMeant(document, version)) throw new CurationError('USAGE', `${source.name} is the release ${document.version}.`, { expected: version, found: document.version, suggestions: ['Name the folder above it, which holds all releases.'] });
    if (version === 'latest') note('This is the folder of one release: whether there is a later one, the folder above it would tell.');
    return { source, document, digest: sha256Hex(bytes), bytes, dataset: source.at('..') };
  }
  return findInLog(reading, version ?? 'latest', note);
}

async function findInLog(reading: Reading, version: string, note: (sentence: string) => void): Promise<RemoteRelease> {
  const { source } = reading;
  const log = await readLogChain(reading);
  if (log.length === 0) throw await noLog(reading);
  for (const { document, digest } of log.filter((entry) => version === 'latest' || isMeant(entry.document, version)).reverse()) {
    const folder = source.at(document.version) as Source;
    const bytes = await readRemote({ ...reading, source: folder }, RELEASE_FILES.release, MAX_DOCUMENT_BYTES, true);
    // PUSH-2: a number is claimed in a bucket before the release is there.
    if (bytes === null) note(`The log of the dataset names ${document.version}, and it is not there: it may be on its way.`);
    else if (sha256Hex(bytes) !== digest) throw new CurationError('RELEASE_INVALID', `${folder.name} is not the release that the log names.`, { expected: `sha256:${digest}`, found: `sha256:${sha256Hex(bytes)}`, suggestions: ['Tell its publisher: one of the two was replaced.'] });
    else return { source: folder, document, digest, bytes, dataset: source };
  }
  throw new CurationError('RELEASE_NOT_FOUND', `There is no release ${version} at ${source.name}`, { found: log.map((entry) => entry.document.version).slice(-20).join(', '), suggestions: ['Name one of these: --version VERSION'] });
}

/** Where a publisher pushed later releases alone, each can be fetched by itself. */
async function noLog(reading: Reading): Promise<CurationError> {
  const { name } = reading.source;
  const latest = await readRemote(reading, LATEST_FILE, MAX_DOCUMENT_BYTES, true);
  const named = latest === null ? null : parseLatest(latest);
  if (named === null)
    return new CurationError('RELEASE_NOT_FOUND', `There is no release at ${name}`, {
      expected: 'release.json of a release, or log/1.json of a dataset',
      suggestions: ['Name the folder that holds release.json, or the one above it with log/ in it.'],
    });
  return new CurationError('RELEASE_NOT_FOUND', `The releases at ${name} begin without the first one: no version can be looked up in their log.`, {
    expected: 'log/1.json, and every entry after it',
    suggestions: [`Name the folder of one release: ${name.replace(/\/$/, '')}/${named.version}`, 'Its publisher can push the releases before it.'],
  });
}

/** The log from its first entry on (DOC-3, DOC-5). */
async function readLogChain(reading: Reading): Promise<{ document: ReleaseDocument; digest: string }[]> {
  const log: { document: ReleaseDocument; digest: string }[] = [];
  for (let sequence = 1; sequence <= MAX_LOG; sequence++) {
    const name = `log/${logName(sequence)}`;
    const bytes = await readRemote(reading, name, MAX_DOCUMENT_BYTES, true);
    if (bytes === null) break;
    const document = await parseDocument(bytes, `${reading.source.name}/${name}`);
    const before = log.at(-1);
    const chained = document.sequence === sequence && (document.previous?.digest ?? null) === (before?.digest ?? null);
    if (!chained || (before !== undefined && document.dataset.id !== before.document.dataset.id)) throw new CurationError('RELEASE_INVALID', `The log of ${reading.source.name} is broken: ${name} does not follow from the entry before it.`, { expected: `sequence ${sequence} upon ${before === undefined ? 'nothing' : `sha256:${before.digest}`}`, found: `sequence ${document.sequence} upon ${document.previous === null ? 'nothing' : `sha256:${document.previous.digest}`}`, suggestions: ['Tell its publisher. The folder of one release can be fetched by itself, with --expect.'] });
    log.push({ document, digest: sha256Hex(bytes) });
  }
  return log;
}

function isMeant({ version }: ReleaseDocument, wanted: string): boolean {
  return version === wanted || version.startsWith(`${wanted}.`);
}
