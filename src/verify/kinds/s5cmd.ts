import { readLines } from '../../fixity/lines.js';
import type { Examination } from './examination.js';
import { TreeNames } from './tree-names.js';

const COPY = /^cp\s+(?:-\S+\s+)*['"]?(?:s3|gs):\/\/([^'"\s]+)['"]?\s/;

/**
 * Looks whether a download by a manifest of s5cmd brought something for each of its commands. Such a manifest has no digest and no size, and the
 * report says so: nothing is proven of any byte.
 */
export function verifyS5cmd(examination: Examination, names: readonly string[]): string {
  const files = new TreeNames(examination);
  for (const name of names) {
    examination.readList(name, (place) => readLines(place, ({ text, number, defect }) => {
      const key = COPY.exec(text)?.[1];
      if (defect === 'not-utf8' || defect === 'too-long') return examination.report('manifest-malformed', name, `Line ${number} cannot be read.`);
      if (key === undefined) return;
      examination.files += 1;
      const last = key.replace(/\/\*$/, '').split('/').at(-1) ?? '';
      const isThere = key.endsWith('/*') ? files.hasFolder(last) : files.resolve([last]) !== last || examination.tree.locate(last) !== null;
      if (!isThere) examination.report('missing', last, `Line ${number} of ${name} copies it, and nothing of this name is there.`);
    }));
  }
  examination.notChecked.push('Every byte, and whether a series is whole: a manifest of s5cmd has neither digests nor sizes. A table of hashes beside the files (columns path or crdc_instance_uuid, and md5 or instance_hash) would prove them.');
  return 's5cmd';
}
