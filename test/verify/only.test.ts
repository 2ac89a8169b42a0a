import { appendFileSync, mkdirSync, readFileSync, readdirSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, test } from '@jest/globals';
import { FileDigester } from '../../src/fixity/digest.js';
import { compareBytewise } from '../../src/fixity/order.js';
import type { VerifyReport } from '../../src/model/verification.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { imageSelection } from '../../src/workflow/image-selection.js';
import { sealRelease } from '../support/release-folder.js';
import { writeSelectionTables } from '../support/selection-tables.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();
const at = (path: string): string => join(release, path);

let release: string;
beforeEach(async () => {
  release = join(temporaryFolder(), '1.0.0');
  await writeSelectionTables(at('data/tables'));
  for (const name of ['C1', 'C2', 'C3', 'C4']) {
    mkdirSync(at(`data/images/${name}`), { recursive: true });
    for (const image of [1, 2]) writeFileSync(at(`data/images/${name}/${image}.dcm`), `${name} ${image}`);
  }
  seal();
});

function seal(): void {
  const paths = readdirSync(at('data'), { recursive: true, encoding: 'utf8', withFileTypes: true }).filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name).slice(release.length + 1));
  const digester = new FileDigester();
  sealRelease(release, paths.sort(compareBytewise).map((path) => ({ path, sha256: digester.digestFile(at(path)).sha256, size: readFileSync(at(path)).length })));
}

const verify = (text: string): Promise<VerifyReport> => verifyRelease(release, { jobs: 1, only: imageSelection(text) });
const problems = async (text: string): Promise<string[]> => (await verify(text)).problems.map(({ kind, path }) => `${kind} ${path}`);

test('the selected images and all that is no image are checked, the rest is counted', async () => {
  const report = await verify("split = 'train' and modality = 'CT'");
  expect(report.problems).toEqual([]);
  expect(report.selected).toEqual({ expression: "split = 'train' and modality = 'CT'", images: 1, bytes: 4, left_out: 7, left_out_bytes: 28 });
  expect(report.files).toBe(1 + 7 + 8);
  expect(report.not_checked.join('\n')).toContain('7 of 8 images (28 bytes) that --only did not select');
  expect((await verifyRelease(release, { jobs: 1 })).selected).toBeNull();
});

test('damage and loss are told of what is selected, and of nothing else', async () => {
  writeFileSync(at('data/images/C1/1.dcm'), 'c1 1');
  writeFileSync(at('data/images/C2/1.dcm'), 'c2 1');
  unlinkSync(at('data/images/C1/2.dcm'));
  unlinkSync(at('data/images/C3/2.dcm'));
  expect(await problems("split.benchmark = 'train'")).toEqual(['corrupt data/images/C1/1.dcm', 'missing data/images/C1/2.dcm']);
  expect(await problems("split.benchmark = 'train' and modality = 'CT'")).toEqual(['corrupt data/images/C1/1.dcm']);
  expect(await problems("case_id = 'C4'")).toEqual([]);
  writeFileSync(at('data/images/C4/3.dcm'), 'x');
  appendFileSync(at('CHANGES.md'), 'x');
  expect(await problems("case_id = 'C4'")).toEqual(['corrupt CHANGES.md', 'extra data/images/C4/3.dcm']);
});

test('tables that are not as published select nothing: all is checked, and said', async () => {
  writeFileSync(at('data/images/C2/1.dcm'), 'c2 1');
  appendFileSync(at('data/tables/splits.parquet'), 'x');
  const report = await verify("split = 'train'");
  expect(report.problems.map(({ kind, path }) => `${kind} ${path}`)).toEqual(['corrupt data/images/C2/1.dcm', 'corrupt data/tables/splits.parquet']);
  expect(report.selected).toBeNull();
  expect(report.notes.join('\n')).toContain('all were checked');
});

test('a table that is whole but cannot be read is not trusted to select either', async () => {
  writeFileSync(at('data/tables/instances.parquet'), 'PAR1 nothing PAR1');
  seal();
  const report = await verify("modality = 'CT'");
  expect(report.selected).toBeNull();
  expect(report.notes.join('\n')).toMatch(/could not be read .*all were checked/);
});

test('images of the table that the manifest does not list', async () => {
  rmSync(at('data/images/C4'), { recursive: true });
  seal();
  expect(await problems("case_id = 'C4'")).toEqual(['missing data/images/C4/1.dcm', 'missing data/images/C4/2.dcm']);
});

test('an expression that the tables cannot answer is a usage error', async () => {
  await expect(verify("modalty = 'CT'")).rejects.toMatchObject({ code: 'USAGE', exitCode: 2 });
});
