import type { DicomElement } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileFinding } from '../model/inspection.js';
import { judgeFragments } from './fragment-judge.js';
import { findTransferSyntax } from './transfer-syntaxes.js';

type Add = (finding: FileFinding) => void;

const FLOAT_BITS: ReadonlyMap<number, number> = new Map([
  [0x7fe00008, 32],
  [0x7fe00009, 64],
]);
/** Bits that PixelData may allocate for a sample (PS3.5 8.1.1: 1, or whole bytes). */
const ALLOCATED = [1, 8, 16, 32, 64];

/** The pixel description of a file (PS3.3 C.7.6.3), as far as it is there; null where an attribute is absent or no number. */
export interface PixelDescription {
  rows: number | null;
  columns: number | null;
  samples: number | null;
  /** 1 when NumberOfFrames is absent. */
  frames: number | null;
  allocated: number | null;
  stored: number | null;
  highBit: number | null;
  photometric: string;
}

/** Reads the pixel description of the top level. */
export function readDescription({ dataSet }: DicomFile, pixels: DicomElement): PixelDescription {
  const whole = (tag: number): number | null => {
    const [value] = dataSet.numbers(tag);
    return value !== undefined && Number.isSafeInteger(value) && value >= 0 ? value : null;
  };
  const float = FLOAT_BITS.get(pixels.tag);
  return {
    rows: whole(0x00280010),
    columns: whole(0x00280011),
    samples: whole(0x00280002),
    frames: dataSet.has(0x00280008) && dataSet.text(0x00280008) !== '' ? whole(0x00280008) : 1,
    allocated: whole(0x00280100) ?? float ?? null,
    stored: whole(0x00280101),
    highBit: whole(0x00280102),
    photometric: dataSet.text(0x00280004) ?? '',
  };
}

/** DCM-011: the pixel description agrees with itself and with the pixels (PS3.5 8). What is missing is DCM-006's. */
export function judgePixels(file: DicomFile, pixels: DicomElement, add: Add): void {
  const description = readDescription(file, pixels);
  judgeBits(description, pixels, add);
  const syntax = file.transferSyntax === null ? null : findTransferSyntax(file.transferSyntax);
  if (syntax?.pixels === 'elsewhere') return;
  const native = pixels.fragments === null;
  if (syntax !== null && (syntax.pixels === 'native') !== native) {
    add({
      code: 'DCM-011',
      tag: 'PixelData',
      message: native ? 'PixelData is native, but the transfer syntax encapsulates it.' : 'PixelData is encapsulated, but the transfer syntax does not do so.',
      expected: native ? 'fragments' : 'one value',
      found: native ? 'one value' : 'fragments',
      content: native ? 'native' : 'encapsulated',
    });
  } else if (native) judgeLength(description, pixels, add);
  else judgeFragments(file, pixels, description, syntax?.pixels === 'stream', add);
}

function judgeBits({ allocated, stored, highBit }: PixelDescription, { tag }: DicomElement, add: Add): void {
  const float = FLOAT_BITS.get(tag);
  if (float !== undefined) {
    if (allocated !== float) add({ code: 'DCM-011', tag: 'BitsAllocated', message: 'BitsAllocated is not that of floating point pixels.', expected: String(float), found: String(allocated), content: String(allocated) });
    return;
  }
  if (allocated !== null && !ALLOCATED.includes(allocated)) {
    add({ code: 'DCM-011', tag: 'BitsAllocated', message: 'BitsAllocated is neither 1 nor a number of whole bytes that readers know.', expected: '1, 8, 16 or 32', found: String(allocated), content: String(allocated) });
  }
  if (allocated !== null && stored !== null && (stored > allocated || stored === 0)) {
    add({ code: 'DCM-011', tag: 'BitsStored', message: 'BitsStored is none, or more than BitsAllocated.', expected: `1 to ${allocated}`, found: String(stored), content: `${stored} of ${allocated}` });
  }
  if (highBit !== null && stored !== null && highBit !== stored - 1) {
    add({ code: 'DCM-011', tag: 'HighBit', message: 'HighBit is not one less than BitsStored.', expected: String(stored - 1), found: String(highBit), content: `${highBit} of ${stored}` });
  }
}

/** Rows x columns x samples x bits x frames are the length of native pixels, padded to an even number of bytes. */
function judgeLength(description: PixelDescription, { length, tag }: DicomElement, add: Add): void {
  const { rows, columns, samples, frames, allocated, photometric } = description;
  if (rows === null || columns === null || allocated === null || frames === null) return;
  // Of chrominance that is sampled at every second column, two samples stand for three (PS3.3 C.7.6.3.1.2).
  const perPixel = photometric === 'YBR_FULL_422' || photometric === 'YBR_PARTIAL_422' ? 2 : FLOAT_BITS.has(tag) ? 1 : samples;
  if (perPixel === null) return;
  const bytes = Math.ceil((rows * columns * perPixel * frames * allocated) / 8);
  const padded = bytes + (bytes % 2);
  // An odd length without its pad byte is DCM-003's.
  if (length === padded || length === bytes) return;
  // Some writers keep all samples of what they call 4:2:2: what is wrong then is the photometric interpretation.
  add({
    code: 'DCM-011',
    tag: 'PixelData',
    message: `PixelData is ${length < bytes ? 'shorter' : 'longer'} than its description says.`,
    expected: `${padded} bytes (${rows} rows, ${columns} columns, ${perPixel} samples, ${frames} frames, ${allocated} bits)`,
    found: `${length} bytes`,
    content: `${length} of ${padded}`,
  });
}
