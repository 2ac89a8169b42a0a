/** Images of a DICOMweb service of which no copy is kept: the stages that look at pixels bring them, find what they find in a folder, and leave nothing. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from '@jest/globals';
import { checkWorkspace } from '../../src/workflow/check.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { tagWorkspace } from '../../src/workflow/tag.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { startDicomwebServer, type DicomwebServer } from '../support/dicomweb-server.js';
import { brightnessBytes } from '../support/model/brightness-network.js';
import { radiograph } from '../support/model/gray-image.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { writeFiles } from './pull-workspace.js';
import { configure, EFFECTS } from './tag-workspace.js';

const makeFolder = useTemporaryFolders();
let server: DicomwebServer | null = null;
afterEach(() => server?.stop());

const NUMBERS = [1, 2, 3, 4, 5, 6];
const bytesOf = (n: number): Buffer => radiograph(`P${n}`, n, n <= 3 ? 10 : 190, n === 6 ? 'PA' : n <= 3 ? 'PA' : 'AP');

/** What each stage found, without the names that files have in one source and not in the other. */
async function stages(workspace: Workspace): Promise<unknown> {
  const pulled = await pullWorkspace(workspace, { jobs: 1 }, EFFECTS);
  expect(pulled.images[0]).toMatchObject({ files: 6, ok: 6 });
  const first = await checkWorkspace(workspace, {}, EFFECTS);
  const tagged = await tagWorkspace(workspace, { jobs: 1 }, EFFECTS);
  const second = await checkWorkspace(workspace, {}, EFFECTS);
  const named = ({ findings }: typeof first) => findings.map(({ code, level, location, found }) => [code, level, location.column ?? null, found ?? null]).map((each) => JSON.stringify(each)).sort();
  return { tags: tagged.models.map(({ images, looked, labels, failed }) => ({ images, looked, labels, failed })), first: named(first), second: named(second) };
}

test('check and tag find what they find in a folder, and leave no copy', async () => {
  const folder = makeFolder();
  const root = makeFolder();
  for (const n of NUMBERS) writeFiles(folder, { [`dicom/2.25.2${n}/2.25.3${n}/2.25.1${n}.dcm`]: bytesOf(n) });
  for (const each of [folder, root]) writeFiles(each, { 'models/light.onnx': brightnessBytes(), 'splits/.keep': '' });
  server = await startDicomwebServer(NUMBERS.map((n) => ({ study: `2.25.2${n}`, series: `2.25.3${n}`, instance: `2.25.1${n}`, patient: `P${n}`, bytes: bytesOf(n) })));
  const expected = await stages(configure(folder));
  const found = await stages(configure(root, {}, { sources: [{ name: 'images', kind: 'dicomweb', url: server.url, keep: false, connections: 3 }] }));
  expect(found).toEqual(expected);
  expect(found).toMatchObject({ tags: [{ images: 6, looked: 6, failed: 0, labels: [{ images: 3 }, { images: 3 }] }] });
  // The sixth is bright and says that it is not.
  expect((found as { second: string[] }).second.some((finding) => finding.includes('TAG-'))).toBe(true);
  const copies = join(root, '.colophon/sources');
  expect(existsSync(copies) && readdirSync(copies, { recursive: true, encoding: 'utf8' }).some((name) => statSync(join(copies, name)).isFile())).toBe(false);
});

test('an image that is another by the time a stage looks at it is not taken for the one that was pulled', async () => {
  const root = makeFolder();
  writeFiles(root, { 'models/light.onnx': brightnessBytes(), 'splits/.keep': '' });
  server = await startDicomwebServer(NUMBERS.map((n) => ({ study: `2.25.2${n}`, series: `2.25.3${n}`, instance: `2.25.1${n}`, patient: `P${n}`, bytes: bytesOf(n) })));
  const workspace = configure(root, {}, { sources: [{ name: 'images', kind: 'dicomweb', url: server.url, keep: false }] });
  await pullWorkspace(workspace, { jobs: 1 }, EFFECTS);
  const [first] = server.instances;
  first!.bytes = radiograph('P1', 1, 190, 'PA');
  const tagged = await tagWorkspace(workspace, { jobs: 1 }, EFFECTS);
  expect(tagged.models[0]).toMatchObject({ images: 6, failed: 1 });
});
