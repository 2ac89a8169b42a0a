import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError, wrapSystemError } from '../errors.js';
import { CHECKSUM_DIGITS, checksumAlgorithm, type ChecksumAlgorithm } from '../fixity/checksum.js';
import { readLines } from '../fixity/lines.js';
import { parseFetchLine, parseManifestLine } from '../fixity/manifest.js';
import { RELEASE_FILES } from '../model/release.js';
import { expectedFile } from '../manifests/expected-file.js';
import type { ExpectedList } from './expected-list.js';
import type { ImportLog } from './import-log.js';

const VERSIONS = new Set(['0.93', '0.94', '0.95', '0.96', '0.97', '1.0']);
const LIST = /^manifest-([a-z0-9-]+)\.txt$/i;

/**
 * Reads what a bag says of its payload: every manifest with an algorithm that is known, and fetch.txt. Returns the version.
 * @throws {CurationError} MANIFEST_INVALID: no bag, or one that cannot be read; RELEASE_TOO_NEW: a later version of BagIt
 * @throws {UnreadableFileError}
 */
export function readBag(folder: string, list: ExpectedList, log: ImportLog): string {
  const version = readDeclaration(folder);
  const manifests = listManifests(folder, log);
  if (manifests.length === 0) throw new CurationError('MANIFEST_INVALID', `The bag ${folder} has no payload manifest that can be used.`, { expected: Object.keys(CHECKSUM_DIGITS).map((name) => `manifest-${name}.txt`).join(' or ') });
  for (const { name, algorithm } of manifests) readManifest(folder, name, algorithm, list, log);
  if (existsSync(join(folder, RELEASE_FILES.fetch))) readFetchList(folder, list, log);
  log.notes.push(`Its manifests are by ${manifests.map(({ algorithm }) => algorithm).join(', ')}. To check the tag files and all else: colophon verify.`);
  return `bagit ${version}`;
}

function readDeclaration(folder: string): string {
  const path = join(folder, RELEASE_FILES.bagit);
  if (!existsSync(path)) throw new CurationError('MANIFEST_INVALID', `${folder} is no bag: it has no bagit.txt.`, { suggestions: ['Name the folder that holds bagit.txt.'] });
  const values = new Map<string, string>();
  readLines(path, ({ text }) => {
    const [, key = '', value = ''] = /^\ufeff?([A-Za-z-]+)\s*:\s*(.*?)\s*$/.exec(text) ?? [];
    if (values.size < 10) values.set(key.toLowerCase(), value);
  });
  const version = values.get('bagit-version') ?? '';
  if (/^[0-9]+\.[0-9]+$/.test(version) && Number(version) > 1) throw new CurationError('RELEASE_TOO_NEW', `${path} declares BagIt ${version}.`, { expected: 'at most 1.0', found: version });
  if (!VERSIONS.has(version)) throw new CurationError('MANIFEST_INVALID', `${path} declares no version of BagIt that is known.`, { expected: [...VERSIONS].join(', '), found: version.slice(0, 40) });
  const encoding = values.get('tag-file-character-encoding') ?? 'UTF-8';
  if (!/^(?:utf-?8|us-ascii|ascii)$/i.test(encoding)) throw new CurationError('MANIFEST_INVALID', `The lists of ${folder} are not in UTF-8.`, { expected: 'UTF-8', found: encoding.slice(0, 40) });
  return version;
}

function listManifests(folder: string, log: ImportLog): { name: string; algorithm: ChecksumAlgorithm }[] {
  let names: string[];
  try {
    names = readdirSync(folder).sort();
  } catch (error) {
    throw wrapSystemError(error, 'listing the bag', folder);
  }
  return names.flatMap((name) => {
    const wanted = LIST.exec(name)?.[1];
    const algorithm = wanted === undefined ? null : checksumAlgorithm(wanted);
    if (wanted !== undefined && algorithm === null) log.notes.push(`${name} is by an algorithm that is not known here; it is passed over.`);
    return algorithm === null ? [] : [{ name, algorithm }];
  });
}

function readManifest(folder: string, file: string, algorithm: ChecksumAlgorithm, list: ExpectedList, log: ImportLog): void {
  readLines(join(folder, file), ({ text, number, defect }) => {
    const entry = defect === 'not-utf8' || defect === 'too-long' ? null : parseManifestLine(text, CHECKSUM_DIGITS[algorithm]);
    if (text === '' && entry === null) return;
    if (entry === null) log.defect(number, `The line is none of a manifest by ${algorithm}.`, { file, found: text });
    else if (!isPayload(entry.path)) log.defect(number, 'The line names a file outside of the payload.', { kind: 'unsafe-path', file, found: entry.path });
    else list.add(expectedFile(number, { path: plainPath(entry.path), [algorithm]: entry.digest }), file);
  });
}

function readFetchList(folder: string, list: ExpectedList, log: ImportLog): void {
  const file = RELEASE_FILES.fetch;
  readLines(join(folder, file), ({ text, number }) => {
    const entry = parseFetchLine(text);
    if (text === '') return;
    if (entry === null || !URL.canParse(entry.url)) log.defect(number, 'The line is none of fetch.txt.', { file, found: text });
    else if (!isPayload(entry.path)) log.defect(number, 'The line names a file outside of the payload.', { kind: 'unsafe-path', file, found: entry.path });
    else list.add(expectedFile(number, { path: plainPath(entry.path), size_bytes: entry.size_bytes, url: entry.url, origin: new URL(entry.url).host }), file);
  });
}

function isPayload(path: string): boolean {
  return plainPath(path).startsWith('data/');
}

/** Old tools write `./data/x`. */
function plainPath(path: string): string {
  return path.replace(/^(?:\.\/)+/, '');
}
