import { CurationError } from '../../errors.js';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { tagDecoder } from '../../fixity/tag-text.js';
import { RELEASE_FILES } from '../../model/release.js';
import type { Examination } from './examination.js';

/** Versions of BagIt that are known, the oldest first. */
export const BAGIT_VERSIONS = ['0.93', '0.94', '0.95', '0.96', '0.97', '1.0'];

/** What a bag says of itself; what it does not say is as in BagIt 1.0 and UTF-8. */
export interface BagDeclaration {
  /** Null when it is not declared so that it can be understood. */
  version: string | null;
  encoding: string;
}

const MAX_BYTES = 1 << 16;

/**
 * Reads bagit.txt: two lines of UTF-8 without a mark, in this order and form (RFC 8493 2.1.1). What else it holds is a problem.
 * @throws {CurationError} RELEASE_TOO_NEW
 */
export function readDeclaration(examination: Examination): BagDeclaration {
  const name = RELEASE_FILES.bagit;
  const declaration: BagDeclaration = { version: null, encoding: 'UTF-8' };
  const malformed = (message: string, found: string): void => examination.report('manifest-malformed', name, message, { expected: 'BagIt-Version: M.N, Tag-File-Character-Encoding: UTF-8', found: found.slice(0, 200) });
  const bytes = readBytes(examination);
  if (bytes === null) return declaration;
  if (bytes.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf]))) malformed('It begins with a byte order mark, which is forbidden here.', 'U+FEFF');
  const lines = bytes.toString('utf8').replace(/^\ufeff/, '').split(/\r\n|\r|\n/);
  while (lines.at(-1) === '') lines.pop();
  const version = /^BagIt-Version: ([0-9]+\.[0-9]+)[ \t]*$/.exec(lines[0] ?? '')?.[1];
  const encoding = /^Tag-File-Character-Encoding: (\S+)[ \t]*$/.exec(lines[1] ?? '')?.[1];
  if (version === undefined) malformed('Its first line does not say by which version of BagIt the bag is made.', lines[0] ?? '');
  else if (BAGIT_VERSIONS.includes(version)) declaration.version = version;
  else if (Number(version) > 1) throw new CurationError('RELEASE_TOO_NEW', `The bag ${examination.tree.name} declares BagIt ${version}.`, { expected: 'at most 1.0', found: version });
  else malformed('There is no such version of BagIt.', version);
  if (encoding === undefined) malformed('Its second line does not say in which encoding the tag files are.', lines[1] ?? '');
  else if (tagDecoder(encoding) === null) malformed('The encoding of the tag files is not known here; they were read as UTF-8.', encoding);
  else declaration.encoding = encoding;
  if (lines.length > 2) malformed('It has more than two lines.', lines[2] ?? '');
  return declaration;
}

function readBytes(examination: Examination): Buffer | null {
  const name = RELEASE_FILES.bagit;
  const place = examination.tree.locate(name);
  try {
    if (place !== null) return readRegularFile(place, MAX_BYTES);
    examination.report('missing', name, 'A bag declares itself in bagit.txt (RFC 8493 2.1.1): without it, this is none.');
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    examination.report('unreadable', name, `${error.message}.`);
  }
  return null;
}
