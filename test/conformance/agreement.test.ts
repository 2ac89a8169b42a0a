import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { compareMutations, hasDciodvfy } from '../support/agreement.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');
/** One file each of CT, MR, DX and SEG. */
const FILES = ['pydicom/CT_small.dcm', 'pydicom/MR_small.dcm', 'highdicom/dx_image.dcm', 'highdicom/seg_image_cr_binary.dcm'];

const installed = hasDciodvfy();

describe('dciodvfy', () => {
  if (!installed) test.skip('skipped: dciodvfy of dicom3tools is not on the PATH', () => undefined);
  else
    test('agrees on single-attribute mutations; all of them: node dist/test/support/dciodvfy-agreement.js', () => {
      const results = FILES.map((file) => compareMutations(join(FIXTURES, file), 4));
      const mutations = results.reduce((sum, result) => sum + result.mutations, 0);
      const agreed = results.reduce((sum, result) => sum + result.agreed, 0);
      expect(mutations).toBeGreaterThan(150);
      expect([agreed / mutations >= 0.97, results.flatMap(({ disagreements }) => disagreements)]).toEqual([true, expect.anything()]);
    });
});
