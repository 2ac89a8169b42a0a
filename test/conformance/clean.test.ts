import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { FileFinding } from '../../src/model/inspection.js';
import { judgeBytes } from './ct-slice.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');

/** Real files in which dciodvfy finds no error. */
const CONFORMANT = ['pydicom/CT_small.dcm', 'pydicom/MR_small.dcm', 'pydicom/MR_small_RLE.dcm', 'dcmqi/segmentations/23x38x3/seg/label.seg', 'pydicom/dicomdirtests/77654033/CT2/17106'];

/** All SOP classes pass: what may be released is the policy's affair. */
function errors(path: string): FileFinding[] {
  return judgeBytes(readFileSync(path)).filter(({ level, code }) => level === undefined && !['DCM-004', 'DCM-016', 'DCM-017', 'DCM-013', 'DCM-019'].includes(code));
}

test.each(CONFORMANT)('%s has no error', (name) => {
  expect(errors(join(FIXTURES, name))).toEqual([]);
});

test('every image of the sample conforms, without a warning', () => {
  const folder = join(PACKAGE_ROOT, 'src/demo/sample');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm'));
  const found = paths.flatMap((name) => judgeBytes(readFileSync(join(folder, name))).filter(({ level, code }) => level !== 'info' && code !== 'DCM-017').map(({ code, tag }) => `${name} ${code} ${tag ?? ''}`));
  expect(paths.length).toBeGreaterThan(50);
  expect(found).toEqual([]);
});
