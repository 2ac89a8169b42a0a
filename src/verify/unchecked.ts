import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { namesSigners } from './signatures.js';

/** Root files that every release.json pins, or that need nobody to vouch for them. */
const PINNED = new Set<string>([
  RELEASE_FILES.release,
  RELEASE_FILES.manifest,
  RELEASE_FILES.bagit,
  RELEASE_FILES.bagInfo,
  RELEASE_FILES.fetch,
  RELEASE_FILES.sizes,
  RELEASE_FILES.tagManifest,
  // these vouch for themselves, or for nothing, and are in no list
  RELEASE_FILES.signature,
  RELEASE_FILES.minisig,
  RELEASE_FILES.keys,
  RELEASE_FILES.notice,
]);

/** A journal is believed in one thing only: that a file which looks untouched to the system still holds what was read. */
function noteKept({ kept, journal, notes, notChecked }: Inspection): void {
  if (journal !== null && journal.failure !== null) notes.push(`If this run had been interrupted, the next one would have begun anew: no journal could be written (${journal.failure}).`);
  if (kept.files === 0) return;
  notes.push(`It went on with a run of ${journal?.since ?? ''} that was interrupted: ${kept.files} files were not read again.`);
  notChecked.push(`The bytes of ${kept.files} payload files (${kept.bytes} bytes) once more: they passed in the interrupted run, and inode, size and times of change are the same since. Damage by the disk itself does not show in these; --no-resume reads all.`);
}

/** Says what this run did not check, so that a yes is not taken for more than it is. */
export function noteUnchecked(inspection: Inspection): void {
  const { notChecked, options, digest, rootFiles, selected } = inspection;
  if (selected !== null) notChecked.push(`${selected.left_out} of ${selected.images + selected.left_out} images (${selected.left_out_bytes} bytes) that --only did not select: neither whether they are there nor their bytes.`);
  noteKept(inspection);
  if (options.fast === true) notChecked.push('The bytes of the payload: a fast run compares names and sizes only.');
  if (options.expect === undefined && inspection.agreed.size === 0) {
    const own = digest === null ? '' : ` Compare sha256:${digest} with the digest its publisher names.`;
    notChecked.push(`Whether a consistent release was put in the place of the published one: that takes --expect.${own}`);
  }
  const { page, changes } = inspection.document?.digests ?? {};
  const pinned = new Set([...PINNED, ...(page === undefined ? [] : [RELEASE_FILES.page]), ...(changes === undefined ? [] : [RELEASE_FILES.changes])]);
  const loose = [...inspection.tagDigests.keys()].filter((name) => !pinned.has(name)).sort();
  if (loose.length > 0) notChecked.push(`${loose.join(', ')}: the release digest does not cover them, only ${RELEASE_FILES.tagManifest} does.`);
  if (rootFiles.has(RELEASE_FILES.notice)) notChecked.push(`${RELEASE_FILES.notice}: nothing vouches for it; what it tells is told by an amendment.`);
  const signed = rootFiles.has(RELEASE_FILES.signature) || rootFiles.has(RELEASE_FILES.minisig);
  if (!namesSigners(inspection)) notChecked.push(signed ? 'Whether the keys that signed it belong to its publisher: that takes --signers or --minisign-key.' : 'A signature: the release has none.');
}
