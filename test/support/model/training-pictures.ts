import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readHeader } from '../../../src/dicom/header.js';
import { memorySource } from '../../../src/tagging/image-file.js';
import { PictureReader } from '../../../src/tagging/picture-reader.js';
import type { Picture } from '../../../src/tagging/picture.js';
import { valueOf } from '../dicom-corpus.js';

/** An image of a folder with what its header says it is. */
export interface LabelledPicture {
  /** Relative to the folder. */
  path: string;
  picture: Picture;
  /** `localizer`: a projection that a CT scanner made, told by ImageType. */
  kind: 'radiograph' | 'ct' | 'localizer';
}

/** Smaller pictures show nothing that a network could go by. */
const LEAST_SIDE = 64;

/** Every CR, DX and CT picture below a folder that can be decoded, by path; of CT no maps and reconstructions. */
export function readPictures(folder: string): LabelledPicture[] {
  const reader = new PictureReader({ pixels: 2 ** 28, inflated_bytes: 2 ** 28 });
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const names = paths.map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1)).sort();
  return names.flatMap((path): LabelledPicture[] => {
    const bytes = readFileSync(join(folder, path));
    const kind = kindOf(bytes);
    if (kind === null) return [];
    const picture = reader.read(memorySource(bytes));
    if (typeof picture === 'string' || picture.channels !== 1 || Math.min(picture.width, picture.height) < LEAST_SIDE) return [];
    return [{ path, picture, kind }];
  });
}

function kindOf(bytes: Buffer): LabelledPicture['kind'] | null {
  const header = readHeader(bytes, { complete: true });
  if (header === 'need-more-bytes' || header.status === 'unreadable') return null;
  const modality = valueOf(header, 'Modality');
  if (modality === 'CR' || modality === 'DX') return 'radiograph';
  if (modality !== 'CT') return null;
  const [, , third] = valueOf(header, 'ImageType')?.split('\\') ?? [];
  if (third === 'LOCALIZER') return 'localizer';
  return third === 'AXIAL' ? 'ct' : null;
}

/** A picture in several crops and frames, so that what is learned does not hang on where a body begins. */
export function vary(picture: Picture): Picture[] {
  const dark = darkest(picture);
  const crops = [
    [0, 0, 1, 1],
    [0.15, 0, 1, 1],
    [0, 0, 0.85, 1],
    [0, 0.15, 1, 1],
    [0, 0, 1, 0.85],
    [0.2, 0.2, 0.8, 0.8],
    [-0.25, 0, 1.25, 1],
    [-0.2, -0.2, 1.2, 1.2],
    [-0.5, 0, 1.1, 1],
  ] as const;
  return crops.map(([left, top, right, bottom]) => cut(picture, left, top, right, bottom, dark));
}

function darkest({ samples, slope }: Picture): number {
  let dark = samples[0] ?? 0;
  for (const sample of samples) if (slope > 0 ? sample < dark : sample > dark) dark = sample;
  return dark;
}

/** A rectangle of a picture in shares of its sides; beyond the picture it is dark, as collimated radiographs are. */
function cut({ width, height, samples, ...rest }: Picture, left: number, top: number, right: number, bottom: number, dark: number): Picture {
  const [x0, y0] = [Math.round(left * width), Math.round(top * height)];
  const [wide, high] = [Math.round(right * width) - x0, Math.round(bottom * height) - y0];
  const out = new Float32Array(wide * high).fill(dark);
  for (let y = Math.max(0, -y0); y < Math.min(high, height - y0); y += 1)
    for (let x = Math.max(0, -x0); x < Math.min(wide, width - x0); x += 1) out[y * wide + x] = samples[(y + y0) * width + x + x0]!;
  return { width: wide, height: high, samples: out, ...rest };
}
