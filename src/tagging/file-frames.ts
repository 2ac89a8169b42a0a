import type { DicomElement } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';

/** First bytes of a JPEG, JPEG-LS or JPEG 2000 bitstream: SOI, or SOC and SIZ. */
const BITSTREAM_STARTS = [Buffer.from([0xff, 0xd8, 0xff]), Buffer.from([0xff, 0x4f, 0xff, 0x51])];

/** Item tag and length before every fragment (PS3.5 A.4); offset tables count from there. */
const ITEM_HEADER_BYTES = 8;

/** The bitstream of encapsulated frame `index`, all fragments joined (PS3.5 A.4); empty when they do not tell which are its. */
export function readEncapsulatedFrame(file: DicomFile, pixels: DicomElement, frames: number, index: number): Buffer {
  const [table, ...fragments] = pixels.fragments ?? [];
  const read = (from: number, to: number): Buffer => Buffer.concat(fragments.slice(from, to).map(({ offset, length }) => file.readAt(offset, length)));
  if (table === undefined || fragments.length === 0) return Buffer.alloc(0);
  if (frames === 1) return read(0, fragments.length);
  if (fragments.length === frames) return read(index, index + 1);
  const starts = table.length >= 4 * frames ? byOffsetTable(file.readAt(table.offset, 4 * frames), fragments) : byBitstream(file, fragments);
  const [from, to = fragments.length] = [starts[index], starts[index + 1]];
  return starts.length !== frames || from === undefined ? Buffer.alloc(0) : read(from, to);
}

type Fragments = NonNullable<DicomElement['fragments']>;

/** First fragment of every frame by the Basic Offset Table; none when an entry meets no fragment. */
function byOffsetTable(table: Buffer, fragments: Fragments): number[] {
  const base = (fragments[0]?.offset ?? 0) - ITEM_HEADER_BYTES;
  const places = new Map(fragments.map(({ offset }, place) => [offset - ITEM_HEADER_BYTES - base, place]));
  const starts = Array.from({ length: table.length / 4 }, (_, frame) => places.get(table.readUInt32LE(4 * frame)) ?? -1);
  return starts.every((place, frame) => place >= 0 && (frame === 0 || place > (starts[frame - 1] as number))) ? starts : [];
}

/** First fragment of every frame by the first bytes of bitstreams. */
function byBitstream(file: DicomFile, fragments: Fragments): number[] {
  return fragments.flatMap(({ offset, length }, place) => {
    const head = file.readAt(offset, Math.min(length, 4));
    return BITSTREAM_STARTS.some((start) => head.subarray(0, start.length).equals(start)) ? [place] : [];
  });
}
