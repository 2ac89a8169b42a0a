import { hashFiles } from './payload.js';
import type { HashItem } from './hash-task.js';
import type { Inspection } from './inspection.js';

/** Names that operating systems and file managers leave behind, unasked. */
const DROPPINGS = /(?:^|\/)(?:\.DS_Store|\._[^/]*|Thumbs\.db|ehthumbs\.db|desktop\.ini|\.directory|Icon\r|\.Trashes(?:\/.*)?|\.Spotlight-V100(?:\/.*)?|\.fseventsd(?:\/.*)?|@eaDir(?:\/.*)?|\.nfs[0-9a-f]+)$/;

/**
 * Names what is missing and what is extra; where an extra file holds the very bytes of a missing one, it was renamed.
 * Extra files are read only when something is missing, and never in a fast run.
 */
export async function reportMoved(inspection: Inspection): Promise<void> {
  const { missing, extras, options, withdrawnPaths } = inspection;
  const movedTo = missing.length > 0 && extras.length > 0 && options.fast !== true ? await matchMoved(inspection) : new Map<string, string>();
  const taken = new Set(movedTo.values());
  for (const path of missing) {
    const target = movedTo.get(path);
    const withdrawn = withdrawnPaths.get(path);
    // an image of a withdrawn case that is gone was destroyed, as everybody was asked to
    if (target === undefined && withdrawn !== undefined) withdrawn.destroyed += 1;
    else if (target === undefined) inspection.report('missing', path, 'The manifest lists it and it is not there.');
    else inspection.report('renamed', path, renamedMessage(path, target), { expected: path, found: target });
  }
  for (const path of extras) if (!taken.has(path)) inspection.report('extra', path, extraMessage(path));
}

function renamedMessage(path: string, target: string): string {
  const sameLetters = path.normalize('NFC') === target.normalize('NFC');
  return sameLetters ? 'It is there under the same name in another Unicode form (NFC, NFD).' : `It is there as ${target}.`;
}

function extraMessage(path: string): string {
  return DROPPINGS.test(path)
    ? 'The manifest does not list it: an operating system left it here. It can be deleted.'
    : 'No manifest lists it: nothing vouches for its bytes.';
}

/** Pairs missing paths with extra ones of the same bytes, each at most once, both in order. */
async function matchMoved(inspection: Inspection): Promise<Map<string, string>> {
  const { payload, missing, extras } = inspection;
  const wanted = new Map<string, string[]>();
  for (const path of missing) {
    const sha256 = payload.sha256Of(payload.numberOf(path) ?? 0);
    const paths = wanted.get(sha256);
    if (paths === undefined) wanted.set(sha256, [path]);
    else paths.push(path);
  }
  const digests = new Map<string, string | null>();
  const items = extras.map((path): HashItem => [path, undefined, null]);
  await hashFiles(inspection, items, ({ path, sha256 }) => void digests.set(path, sha256));
  const moved = new Map<string, string>();
  for (const path of extras) {
    const origin = wanted.get(digests.get(path) ?? '')?.shift();
    if (origin !== undefined) moved.set(origin, path);
  }
  return moved;
}
