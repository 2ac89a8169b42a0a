import { compareBytewise } from '../fixity/order.js';
import type { Withdrawn } from '../model/verification.js';
import type { HashItem } from './hash-task.js';
import type { Inspection } from './inspection.js';
import { hashFiles } from './payload.js';
import { caseOfPath } from './withdrawals.js';

/**
 * Lists the files of this copy that have to be destroyed: the images of withdrawn cases where they are, where they were moved to,
 * whatever else lies in the folder of such a case, and copies of such images under other names.
 */
export async function listWithdrawnFiles(inspection: Inspection): Promise<void> {
  const { payload, withdrawn, withdrawnPaths, problems, extras } = inspection;
  if (withdrawn.length === 0) return;
  const found = new Map<string, Withdrawn>();
  const moved = new Map(problems.flatMap(({ kind, path, found: target }) => (kind === 'renamed' && target !== undefined ? [[path, target] as const] : [])));
  for (const [path, content] of withdrawnPaths) {
    const number = payload.numberOf(path);
    const place = moved.get(path) ?? (number !== undefined && payload.isSeen(number) ? path : undefined);
    if (place === undefined) continue;
    found.set(place, content);
    if (number !== undefined) content.bytes += payload.sizeOf(number) ?? 0;
  }
  const byCase = new Map(withdrawn.map((content) => [content.case_id, content]));
  for (const path of extras) {
    const content = byCase.get(caseOfPath(path) ?? '');
    if (content !== undefined) found.set(path, content);
  }
  for (const [path, content] of await findCopies(inspection, extras.filter((path) => !found.has(path)))) found.set(path, content);
  for (const [path, content] of found) content.paths.push(path);
  for (const content of withdrawn) content.paths.sort(compareBytewise);
  withdrawn.sort((a, b) => compareBytewise(a.case_id, b.case_id));
}

/** Files that no manifest lists and that have the bytes of a withdrawn image; none in a fast run, which reads no file. */
async function findCopies(inspection: Inspection, extras: readonly string[]): Promise<Map<string, Withdrawn>> {
  const { payload, withdrawnPaths, options } = inspection;
  const copies = new Map<string, Withdrawn>();
  if (extras.length === 0 || options.fast === true) return copies;
  const byDigest = new Map([...withdrawnPaths].map(([path, content]) => [payload.sha256Of(payload.numberOf(path) ?? 0), content]));
  await hashFiles(inspection, extras.map((path): HashItem => [path, undefined, null]), ({ path, sha256 }) => {
    const content = byDigest.get(sha256 ?? '');
    if (content !== undefined) copies.set(path, content);
  });
  return copies;
}
