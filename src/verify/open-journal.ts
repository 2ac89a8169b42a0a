import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { Journal } from './journal.js';
import { isVouchedFor } from './tag-files.js';

/** Less is read again in seconds. */
const FROM_BYTES = 1 << 30;

/**
 * The journal of a run that may take long; null when none is wanted, and when the lists are not those that release.json vouches
 * for: what passed by such a list has passed nothing.
 */
export function openJournal(inspection: Inspection): Journal | null {
  const { options, payload, tagDigests, root, effects, digest } = inspection;
  if (options.resume === undefined || options.fast === true || digest === null || inspection.document === null) return null;
  const { folder, fromBytes = FROM_BYTES } = options.resume;
  if ((payload.totalBytes() ?? Infinity) < fromBytes) return null;
  if (!isVouchedFor(inspection, RELEASE_FILES.manifest) || !isVouchedFor(inspection, RELEASE_FILES.sizes)) return null;
  const digestOf = (name: string): string => tagDigests.get(name) ?? '';
  return new Journal(folder, { root, release: digest, manifest: digestOf(RELEASE_FILES.manifest), sizes: digestOf(RELEASE_FILES.sizes) }, effects.now());
}
