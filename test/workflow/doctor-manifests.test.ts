import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import type { DoctorProbe } from '../../src/model/doctor.js';
import type { SourceConfig } from '../../src/model/source-config.js';
import { examine } from '../../src/workflow/doctor.js';
import { openWorkspace } from '../../src/workspace/workspace.js';
import { startBadServer, type BadServer } from '../support/hostile-server.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { claim, image } from './manifest-files.js';
import { writeFiles } from './pull-workspace.js';

const makeFolder = useTemporaryFolders();
const A = image('2.25.3', 1);

let server: BadServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

/** A workspace with one file and manifests, one of the right file, one cut off, one of a file that is elsewhere. */
function workspace(): string {
  const root = makeFolder();
  writeFiles(join(root, 'files'), { 'a.dcm': A });
  const whole = JSON.stringify([claim('a.dcm', A)]);
  writeFiles(root, { 'whole.json': whole, 'cut.json': whole.slice(0, -20), 'other.json': JSON.stringify([claim('b.dcm', A)]), 'odd.json': JSON.stringify([claim('a.dcm', A), claim('c.dcm', A, { file_size: 'many' })]) });
  writeFiles(root, { 'series.tcia': 'downloadServerUrl=https://host/x\nListOfSeriesToDownload=\n2.25.3\n' });
  return root;
}

async function lookAt(root: string, ...sources: SourceConfig[]): Promise<DoctorProbe[]> {
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify({ dataset: { id: 't', title: 'T', license: 'CC0-1.0' }, sources, schema: 'none' }));
  const { probes } = await examine({ root, open: () => openWorkspace(root), engine: null, redis: undefined }, defaultEffects);
  return probes.filter(({ area }) => area === 'sources');
}

describe('a source that a manifest lists', () => {
  test('in a folder: its manifest is read, and its files looked for', async () => {
    const gen3 = (name: string): SourceConfig => ({ name, kind: 'gen3-manifest', path: `${name}.json`, base_path: 'files' });
    const probes = await lookAt(workspace(), gen3('whole'), gen3('odd'), gen3('cut'), gen3('gone'), gen3('other'), { name: 'series', kind: 'tcia-manifest', path: 'series.tcia', base_path: 'files' }, { name: 'nowhere', kind: 'tcia-manifest', path: 'series.tcia', base_path: 'gone' });
    expect(probes.map(({ outcome }) => outcome)).toEqual(['ok', 'warning', 'failed', 'failed', 'failed', 'ok', 'failed']);
    const said = probes.map(({ found }) => found);
    for (const [at, words] of [/found in the folder: a\.dcm/, /line 1: The size is no number/, /cut off/, /is not there/, /none of the first 1 files/].entries()) expect(said[at]).toMatch(words);
  });

  test('on a server: the header of the first file is read; what is wrong is told without the password', async () => {
    const root = workspace();
    server = await startBadServer(join(root, 'files'));
    const at = (base_url: string, path = 'whole.json'): SourceConfig => ({ name: 'commons', kind: 'gen3-manifest', path, base_url });
    expect(await lookAt(root, at(server.url))).toMatchObject([{ outcome: 'ok', found: expect.stringContaining('the header of the first file read') }]);
    expect(await lookAt(root, at(server.url, 'other.json'))).toMatchObject([{ outcome: 'failed' }]);
    server.misdeed = (_request, response) => {
      response.writeHead(401).end('who is asking?');
      return true;
    };
    const [refused] = await lookAt(root, at(server.url.replace('//', '//user:hush-hush@')));
    expect(refused).toMatchObject({ outcome: 'failed', found: expect.stringContaining('may not be read (401)') });
    expect(JSON.stringify(refused)).not.toContain('hush');
  });
});
