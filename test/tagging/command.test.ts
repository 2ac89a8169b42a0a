import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import type { TagReport } from '../../src/model/tagging.js';
import { runCli } from '../support/cli.js';
import { MODEL_FILE } from '../support/model/make-model.js';
import { expectStatus, runJson } from '../support/sample-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();

function configure(root: string, model: object): void {
  const models = [{ name: 'kind', path: 'models/kind.onnx', version: '1.0', input: { width: 64, height: 64, channels: 1, window: 'percentile' }, output: { labels: ['radiograph', 'ct'], activation: 'softmax' }, ...model }];
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify({ dataset: { id: 'd', title: 'D', license: 'CC0-1.0' }, sources: [{ name: 'images', kind: 'dicom-folder', path: 'dicom' }], models }));
}

test('the command tags real radiographs, prints what its schema says, and exits as its help says', async () => {
  const root = makeFolder();
  cpSync(join(PACKAGE_ROOT, 'src/demo/sample/second/dicom'), join(root, 'dicom'), { recursive: true });
  mkdirSync(join(root, 'models'));
  cpSync(MODEL_FILE, join(root, 'models/kind.onnx'));
  configure(root, { agrees_with: { attribute: 'Modality', values: { CR: 'radiograph', DX: 'radiograph', CT: 'ct' } } });
  expect(await runJson(root, ['tag'], 3)).toMatchObject({ error: { code: 'CATALOG_EMPTY' } });
  await expectStatus(0, runCli(['pull', '-q'], root));
  expect(await runJson<TagReport>(root, ['tag', '--jobs', '1'])).toMatchObject({ ok: true, models: [{ model: 'kind', looked: 9, labels: [{ label: 'radiograph', images: 9 }, { label: 'ct', images: 0 }] }] });
  const text = await expectStatus(0, runCli(['tag', 'kind'], root));
  expect(text.stdout).toMatch(/^kind 1\.0 {2}9 images: 0 looked at, 9 unchanged {2}sha256 [0-9a-f]{12}…\n {2}9 radiograph\n {2}0 ct\n/);
  expect(await runJson(root, ['tag', 'knd'], 2)).toMatchObject({ error: { code: 'USAGE', suggestions: ['Did you mean kind?'] } });
  rmSync(join(root, 'models/kind.onnx'));
  expect(await runJson(root, ['tag'], 3)).toMatchObject({ error: { code: 'MODEL_INVALID' } });
  const check = await runJson<{ findings: { code: string }[] }>(root, ['check', '--only', 'TAG']);
  expect(check.findings.map(({ code }) => code)).toEqual(['TAG-004']);
});
