/** How much of a file is asked for first, and that it never changes what is read. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { HeadSize } from '../../../src/sources/remote/head-size.js';
import { HeaderCollector } from '../../../src/sources/remote/header-collector.js';
import { writeDicom } from '../../support/dicom-writer.js';

const FILES = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');
const SIZES = [4096, 8192, 16_384, 32_768, 65_536];

/** A size that nothing changes. */
class FixedSize extends HeadSize {
  constructor(readonly fixed: number) {
    super();
  }

  override get bytes(): number {
    return this.fixed;
  }
}

const fixed = (bytes: number): HeadSize => new FixedSize(bytes);

/** Reads a file as who asks for parts of it does; returns the reading and the number of answers. */
function read(bytes: Buffer, head?: HeadSize): { reading: unknown; answers: number } {
  const header = new HeaderCollector(bytes.length, head);
  let answers = 0;
  for (; header.reading === null && header.held < bytes.length; answers++) header.take(bytes.subarray(header.held, Math.min(header.wanted, bytes.length)));
  return { reading: header.end(), answers };
}

describe('a head', () => {
  test('of any size gives the same reading of every real file, whole, cut off, or broken', () => {
    const names = readdirSync(FILES, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(names.length).toBeGreaterThan(20);
    for (const entry of names) {
      const file = readFileSync(join(entry.parentPath, entry.name));
      const broken = Buffer.from(file);
      broken.fill(0xff, Math.min(3000, file.length), Math.min(3016, file.length));
      for (const bytes of [file, file.subarray(0, 5000), file.subarray(0, 20_000), broken])
        for (const size of SIZES) expect([entry.name, size, read(bytes, fixed(size)).reading]).toEqual([entry.name, size, read(bytes).reading]);
    }
  });

  test('that ends in front of an element which the file cannot hold is looked at once more', () => {
    const value = new Uint8Array(90_000);
    const elements = [{ tag: '00100020', vr: 'LO', value: 'P1' }, { tag: '60003000', vr: 'OW', value }];
    const cut = writeDicom({ elements }).subarray(0, 70_000);
    expect(read(cut, fixed(4096))).toEqual({ reading: read(cut).reading, answers: 2 });
  });
});

describe('the size of a head', () => {
  const slice = (before: number): Buffer => writeDicom({ elements: [{ tag: '00100020', vr: 'LO', value: 'P1' }, { tag: '00110010', vr: 'LO', value: 'X' }, { tag: '00111010', vr: 'OB', value: new Uint8Array(before) }, { tag: '7fe00010', vr: 'OW', value: new Uint8Array(200_000) }] });

  test('is 64 KiB until it is known, then what the headers took, and larger as soon as one takes more', () => {
    const head = new HeadSize();
    expect(head.bytes).toBe(65_536);
    expect(read(slice(1000), head).answers).toBe(1);
    expect(head.bytes).toBe(4096);
    expect(read(slice(10_000), head).answers).toBe(2);
    expect(head.bytes).toBe(16_384);
    for (let n = 0; n < 31; n++) expect(read(slice(1000), head).answers).toBe(1);
    expect(head.bytes).toBe(16_384);
    read(slice(1000), head);
    expect(head.bytes).toBe(4096);
  });

  test('never asks for more than 64 KiB first, whatever the last file took', () => {
    const head = new HeadSize();
    expect(read(slice(150_000), head).answers).toBeGreaterThan(1);
    expect(head.bytes).toBe(65_536);
  });
});
