import { lstatSync } from 'node:fs';
import { sep } from 'node:path';
import { fileStamp } from '../fixity/file.js';

/**
 * What the system says of a file now; empty when it says nothing. Work for other machines holds it, though they make no use of it: a
 * run that goes on after an interruption must not take what was found out about a file that changed since.
 */
export function stampOf(root: string, path: string): string {
  const stat = lstatSync(root + sep + path, { throwIfNoEntry: false });
  return stat === undefined ? '' : fileStamp(stat);
}
