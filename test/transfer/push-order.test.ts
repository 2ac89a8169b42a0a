import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { defaultEffects } from '../../src/effects.js';
import { sha256Hex } from '../../src/fixity/digest.js';
import type { Destination, PlacedDocument, PlacedFile } from '../../src/transfer/destination.js';
import { pushRelease } from '../../src/transfer/push.js';
import type { ReleaseFile } from '../../src/transfer/release-tree.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';
import { makeRelease } from './packed-release.js';

const temporaryFolder = useTemporaryFolders();

/** Writes down what is asked of it, in order. */
class Recorder implements Destination {
  readonly name = 'recorder';
  readonly events: string[] = [];
  readonly #documents = new Map<string, Buffer>();

  constructor(readonly staged: boolean) {}

  async *images(): AsyncGenerator<PlacedFile> {}
  async compare(): Promise<'absent'> {
    return 'absent';
  }
  async put(_folder: string, { path }: ReleaseFile): Promise<void> {
    this.events.push(path);
  }
  async read(path: string): Promise<PlacedDocument | null> {
    const bytes = this.#documents.get(path);
    return bytes === undefined ? null : { bytes, tag: sha256Hex(bytes) };
  }
  async create(path: string, bytes: Buffer): Promise<boolean> {
    this.events.push(path);
    this.#documents.set(path, bytes);
    return true;
  }
  async replace(): Promise<boolean> {
    return false;
  }
  async publish(): Promise<void> {
    this.events.push('(published)');
  }
}

describe.each([
  ['a bucket', false, { claim: 'log/1.json', before: 'data/images', signature: '1.0.0/release.json.sig' }],
  ['a folder', true, { claim: 'log/1.json', before: '(published)', signature: 'release.json.sig' }],
] as const)('%s', (_what, staged, { claim, before, signature }) => {
  test('amendments, images, tables, the rest, signature, release.json; the number at its time, the pointer last', async () => {
    const root = temporaryFolder();
    const entry = await makeRelease(root);
    mkdirSync(join(root, 'releases/amendments'));
    writeFileSync(join(root, 'releases/amendments/1.json'), '{}');
    writeFileSync(join(entry.folder, 'release.json.sig'), 'signed');
    const recorder = new Recorder(staged);
    await pushRelease(entry, recorder, { releases: join(root, 'releases'), log: [entry], dryRun: false, jobs: 3 }, defaultEffects);
    const place = (start: string, from: 'first' | 'last' = 'first'): number => {
      const at = recorder.events.map((event, index) => (event.startsWith(start) ? index : -1)).filter((index) => index >= 0);
      return at.at(from === 'first' ? 0 : -1) ?? Number.NaN;
    };
    const order = [place('amendments/'), place('data/images/', 'last'), place('data/tables/', 'last'), place('CHANGES.md'), place(signature), recorder.events.indexOf('release.json'), place('(published)'), place('latest.json')];
    expect(order).toEqual(order.toSorted((a, b) => a - b));
    expect(place('data/images/', 'last')).toBeLessThan(place('data/tables/'));
    expect(place(claim)).toBeLessThan(place(before));
    if (staged) expect(place(claim)).toBeGreaterThan(recorder.events.indexOf('release.json'));
    expect(recorder.events.at(-1)).toBe('latest.json');
  });

  test('a dry run asks and writes nothing', async () => {
    const root = temporaryFolder();
    const entry = await makeRelease(root);
    const recorder = new Recorder(staged);
    await pushRelease(entry, recorder, { releases: join(root, 'releases'), log: [entry], dryRun: true, jobs: 3 }, defaultEffects);
    expect(recorder.events).toEqual([]);
  });
});
