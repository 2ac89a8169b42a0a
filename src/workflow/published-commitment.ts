import { join } from 'node:path';
import { MOST_ROWS } from '../commitment/commitment.js';
import { findListDefect, type Published, type ToldSeed } from '../commitment/published.js';
import { CurationError } from '../errors.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { readLines } from '../fixity/lines.js';
import { unsafePathReason } from '../fixity/safe-path.js';
import type { AuditProblem, CommitmentReference } from '../model/commitment.js';
import { RELEASE_FILES, type ReleaseDocument } from '../model/release.js';
import { MAX_DOCUMENT_BYTES, parseDocument } from '../release/release-document.js';

/** What a release says of a split, read without any workspace. */
export interface ReleaseClaim {
  /** `dataset version` */
  release: string;
  /** Release digest, `sha256:` and 64 hex digits. */
  digest: string;
  dataset: string;
  /** The commitment to the split; null when the release has none. */
  reference: CommitmentReference | null;
  /** The row commitments; null when there is no commitment, or their file is not what it should be. */
  entries: Published['entries'];
  /** What is wrong with the file of row commitments. */
  problems: AuditProblem[];
  seed: ToldSeed;
}

/**
 * Reads what a release folder says of the hidden part and the seed of a split. The folder is a stranger's: nothing in it is
 * followed or believed but what its digest vouches for.
 * @throws {CurationError} NOT_A_RELEASE, RELEASE_INVALID, RELEASE_TOO_NEW, IO_FAILED
 */
export async function readReleaseClaim(folder: string, split: string): Promise<ReleaseClaim> {
  const path = join(folder, RELEASE_FILES.release);
  const bytes = readReleaseJson(path, folder);
  const document = await parseDocument(bytes, path);
  const reference = document.commitments?.find((each) => each.split === split) ?? null;
  const { entries, problems } = reference === null ? { entries: null, problems: [] } : readEntries(folder, reference);
  return {
    release: `${document.dataset.id} ${document.version}`,
    digest: `sha256:${sha256Hex(bytes)}`,
    dataset: document.dataset.id,
    reference,
    entries,
    problems,
    seed: toldSeed(document, split),
  };
}

function toldSeed({ seeds, splits }: ReleaseDocument, split: string): ToldSeed {
  return { commitment: seeds?.find((each) => each.split === split) ?? null, seed: splits.find(({ name }) => name === split)?.seed ?? null };
}

function readReleaseJson(path: string, folder: string): Buffer {
  try {
    return readRegularFile(path, MAX_DOCUMENT_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    if (error.defect === 'missing')
      throw new CurationError('NOT_A_RELEASE', `There is no ${RELEASE_FILES.release} in ${folder}`, { suggestions: ['Name the folder of a release: the one that holds release.json and data/.'] });
    throw new CurationError('IO_FAILED', error.message, { cause: error });
  }
}

/** The root binds the list, so no manifest has to be asked. */
function readEntries(folder: string, reference: CommitmentReference): { entries: Published['entries']; problems: AuditProblem[] } {
  const wrong = (message: string) => ({ entries: null, problems: [{ kind: 'wrong-list' as const, case_id: null, message }] });
  const unsafe = unsafePathReason(reference.path);
  if (unsafe !== null) return wrong(`The path of the row commitments in release.json ${unsafe}.`);
  if (reference.size > MOST_ROWS) return wrong(`The release claims ${reference.size} row commitments; ${MOST_ROWS} are the most that there can be.`);
  const lines: string[] = [];
  try {
    readLines(join(folder, reference.path), ({ text, defect }) => {
      if (lines.length <= reference.size) lines.push(defect === null ? text : '');
    });
  } catch (error) {
    if (error instanceof UnreadableFileError) return wrong(`The row commitments of the release cannot be read: ${error.defect}.`);
    throw error;
  }
  const defect = findListDefect(lines, reference);
  return defect === null ? { entries: new Set(lines), problems: [] } : wrong(`The row commitments of the release are not those of its root. ${defect}`);
}
