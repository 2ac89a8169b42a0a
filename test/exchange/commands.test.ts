import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ExportReport, ImportedManifest } from '../../src/model/exchange.js';
import { runCli } from '../support/cli.js';
import { cutStore, EXCHANGE_FIXTURES } from '../support/exchange.js';
import { smallStore } from '../support/release-store.js';
import { runJson } from '../support/sample-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const temporaryFolder = useTemporaryFolders();

describe('export', () => {
  test('every format writes its file, and --json says so as its schema has it', async () => {
    const root = temporaryFolder();
    const release = await cutStore(root, smallStore());
    for (const [format, name, flags] of [['gen3', 'm.json', ['--authz', '/a']], ['drs', 'd.json', ['--host', 'h']], ['idc', 'i.parquet', []], ['s5cmd', 'm.s5cmd', []]] as const) {
      const output = join(root, name);
      const args = ['export', format, release, '--output', output, '--base-url', 's3://b/x', ...flags];
      expect((await runJson<ExportReport>(root, args)).files[0]?.path).toBe(output);
    }
    expect(await runJson<ExportReport>(root, ['export', 'gen3', release, '--output', join(root, 'dry'), '--dry-run'])).toMatchObject({ dry_run: true, format: 'gen3' });
    expect(existsSync(join(root, 'dry'))).toBe(false);
    expect(readFileSync(join(root, 'm.s5cmd'), 'utf8')).toMatch(/^# demo 1\.0\.0, release digest sha256:[0-9a-f]{64}\n/);
    await runJson(root, ['export', 'gen3', release, '--output', join(root, 'm.json')], 2);
    await runJson(root, ['export', 'gen3', join(root, 'nothing'), '--output', join(root, 'x')], 3);
  });
});

test('where files lie is said once: release.base_url of the workspace, for its own releases; --base-url goes before it', async () => {
  const root = temporaryFolder();
  const release = await cutStore(root, smallStore());
  writeFileSync(join(root, 'colophon.yaml'), ['dataset: {id: demo, title: Demo, license: CC-BY-4.0}', 'sources: [{name: images, kind: dicom-folder, path: in}]', 'release: {base_url: "s3://own/releases/"}', ''].join('\n'));
  const commands = async (named: string, ...flags: string[]): Promise<string[]> => {
    const output = join(root, 'm.s5cmd');
    await runJson(root, ['export', 's5cmd', named, '--output', output, '--force', ...flags]);
    return readFileSync(output, 'utf8').split('\n').filter((line) => line.startsWith('cp '));
  };
  expect((await commands('1.0.0')).every((line) => line.startsWith('cp s3://own/releases/1.0.0/data/images/'))).toBe(true);
  expect(await commands(release)).toEqual(await commands('1.0.0'));
  expect((await commands('1.0.0', '--base-url', 's3://other'))[0]).toMatch(/^cp s3:\/\/other\/1\.0\.0\//);
  const elsewhere = temporaryFolder();
  await cutStore(elsewhere, { ...smallStore(), assignments: [] });
  await runJson(root, ['export', 's5cmd', join(elsewhere, 'releases/1.0.0'), '--output', join(root, 'x.s5cmd')], 2);
});

describe('import', () => {
  test.each([
    ['gen3', 'gen3/drs_objects.json', 1],
    ['tcia', 'tcia/retry-2022-12-25-manifest.tcia', 0],
    ['s5cmd', 'idc/study_manifest_aws.s5cmd', 0],
    ['bagit', 'idc', 3],
  ])('%s %s has the status %d', async (format, path, status) => {
    await runJson<ImportedManifest>(temporaryFolder(), ['import', format, join(EXCHANGE_FIXTURES, path)], status);
  });

  test('text for people', async () => {
    const { stdout, status } = await runCli(['import', 'tcia', join(EXCHANGE_FIXTURES, 'tcia/ct-lower-extremity.tcia')], temporaryFolder());
    expect([status, stdout]).toEqual([1, expect.stringContaining('7 entries, 5 different')]);
  });
});
