import type { DicomElement, Fragment } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileFinding } from '../model/inspection.js';
import type { PixelDescription } from './pixel-judge.js';

type Add = (finding: FileFinding) => void;

const EXTENDED_OFFSETS = 0x7fe00001;
const EXTENDED_LENGTHS = 0x7fe00002;
/** An item's tag and length before its bytes. */
const ITEM_HEADER_BYTES = 8;
/** First two bytes of a code stream: JPEG and JPEG-LS; JPEG 2000. */
const STARTS = new Set([0xffd8, 0xff4f]);

/** DCM-011 of encapsulated pixels: fragments make up the frames, and the offset table says where (PS3.5 A.4). */
export function judgeFragments(file: DicomFile, pixels: DicomElement, { frames }: PixelDescription, stream: boolean, add: Add): void {
  const [table, ...pieces] = pixels.fragments ?? [];
  if (frames === null) return;
  if (table === undefined || pieces.length === 0) {
    add({ code: 'DCM-011', tag: 'PixelData', message: 'Encapsulated PixelData has no fragment.', expected: `${frames} frames`, found: 'none', content: 'no fragment' });
    return;
  }
  // A video is one stream over all frames.
  if (stream) return;
  const offsets = readOffsets(file, table);
  if (offsets !== null) judgeOffsets(offsets, pieces, frames, 'Basic Offset Table', add);
  const extended = file.dataSet.get(EXTENDED_OFFSETS);
  if (extended !== undefined) {
    judgeOffsets(file.dataSet.numbers(EXTENDED_OFFSETS).length > 0 ? file.dataSet.numbers(EXTENDED_OFFSETS) : readLongs(extended), pieces, frames, 'ExtendedOffsetTable', add);
    judgeLengths(file, frames, add);
  }
  if (offsets !== null || extended !== undefined || frames === 1) return;
  const starts = pieces.length === frames ? frames : countStarts(file, pieces);
  if (starts === frames) return;
  add({ code: 'DCM-011', tag: 'PixelData', message: 'The fragments of PixelData are not those of its frames.', expected: `${frames} frames`, found: starts > 0 ? `${starts} frames` : `${pieces.length} fragments`, content: `${starts} of ${frames}` });
}

/** Offsets of the first fragments of the frames, from the first fragment; null when the table is empty. */
function readOffsets({ readAt }: DicomFile, { offset, length }: Fragment): number[] | null {
  if (length < 4) return null;
  const bytes = readAt(offset, Math.min(length, MAX_TABLE_BYTES));
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readUInt32LE(at * 4));
}

/** Bytes of an offset table that are read: two million frames. */
const MAX_TABLE_BYTES = 8 * 1024 * 1024;

function readLongs({ bytes }: DicomElement): number[] {
  if (bytes === null) return [];
  return Array.from({ length: Math.floor(Math.min(bytes.length, MAX_TABLE_BYTES) / 8) }, (_, at) => Number(bytes.readBigUInt64LE(at * 8)));
}

function judgeOffsets(offsets: readonly number[], pieces: readonly Fragment[], frames: number, name: string, add: Add): void {
  const first = (pieces[0] as Fragment).offset;
  const places = new Set(pieces.map(({ offset }) => offset - first));
  const wrong = offsets.filter((offset, at) => !places.has(offset) || (at > 0 && offset <= (offsets[at - 1] as number))).length;
  if (offsets.length === frames && wrong === 0 && offsets[0] === 0) return;
  add({
    code: 'DCM-011',
    tag: 'PixelData',
    message: `The ${name} does not say where the frames begin.`,
    expected: `${frames} offsets of fragments, ascending`,
    found: `${offsets.length} offsets, ${wrong} of them no next fragment's (item headers have ${ITEM_HEADER_BYTES} bytes)`,
    content: `${offsets.length} ${wrong}`,
  });
}

function judgeLengths({ dataSet }: DicomFile, frames: number, add: Add): void {
  const lengths = dataSet.get(EXTENDED_LENGTHS);
  if (lengths === undefined || lengths.length === frames * 8) return;
  add({ code: 'DCM-011', tag: 'ExtendedOffsetTableLengths', message: 'ExtendedOffsetTableLengths does not have a length for each frame.', expected: `${frames}`, found: `${Math.floor(lengths.length / 8)}`, content: String(lengths.length) });
}

/** Fragments that begin a code stream, which tells frames apart where no table does; 0 when none does. */
function countStarts({ readAt }: DicomFile, pieces: readonly Fragment[]): number {
  let count = 0;
  for (const { offset, length } of pieces) {
    const bytes = length >= 2 ? readAt(offset, 2) : null;
    if (bytes !== null && bytes.length === 2 && STARTS.has(bytes.readUInt16BE(0))) count += 1;
  }
  return count;
}
