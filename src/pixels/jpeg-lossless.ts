import { buildLookup, EntropyReader, type HuffmanLookup } from './huffman.js';
import type { JpegHeader } from './jpeg-header.js';
import type { UndecodableReason } from './pixel-source.js';

/** One scan of a lossless frame (ISO/IEC 10918-1 H.1). */
interface Scan {
  /** Places of its components in the frame, and the table of each. */
  components: { place: number; table: HuffmanLookup }[];
  predictor: number;
  pointTransform: number;
}

/** Tables in force: a later segment replaces an earlier one. */
interface Tables {
  huffman: (HuffmanLookup | undefined)[];
  /** Pixels between restart markers; 0: none. */
  restartInterval: number;
}

/**
 * Decodes lossless JPEG, process 14 with any predictor (10918-1 annex H). The words come colour by pixel.
 *
 * Why no library: the one at hand (jpeg-lossless-decoder-js, the second reader in the tests) gives a picture that is
 * partly blank for a stream that ends early, and says nothing.
 */
export function decodeJpegLossless(bytes: Buffer, header: JpegHeader): Uint16Array | UndecodableReason {
  const { rows, columns, components, precision } = header;
  if (precision < 2 || precision > 16) return 'corrupt';
  // Every sample costs at least one bit: what cannot fill the frame is refused before the frame is allocated.
  if (bytes.length * 8 < rows * columns * components.length) return 'truncated';
  const words = new Uint16Array(rows * columns * components.length);
  const tables: Tables = { huffman: [], restartInterval: 0 };
  const missing = new Set(components.keys());
  let at = 2;
  while (missing.size > 0) {
    if (at + 4 > bytes.length) return 'truncated';
    if (bytes[at] !== 0xff) return 'corrupt';
    const marker = bytes[at + 1] as number;
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length || end < at + 4) return 'truncated';
    const segment = bytes.subarray(at + 4, end);
    at = end;
    if (marker === 0xc4 && !readHuffmanTables(segment, tables)) return 'corrupt';
    if (marker === 0xdd) tables.restartInterval = segment.length < 2 ? 0 : segment.readUInt16BE(0);
    if (marker !== 0xda) continue;
    const scan = readScan(segment, header, tables);
    if (scan === null || scan.components.some(({ place }) => !missing.delete(place))) return 'corrupt';
    const next = decodeScan(bytes, at, header, scan, tables.restartInterval, words);
    if (typeof next === 'string') return next;
    at = next;
  }
  return words;
}

function readHuffmanTables(segment: Buffer, { huffman }: Tables): boolean {
  let at = 0;
  while (at + 17 <= segment.length) {
    const id = segment[at] as number;
    const counts = segment.subarray(at + 1, at + 17);
    const size = counts.reduce((sum, count) => sum + count, 0);
    const lookup = buildLookup(counts, segment.subarray(at + 17, at + 17 + size));
    if (lookup === null || id > 3) return false;
    huffman[id] = lookup;
    at += 17 + size;
  }
  return true;
}

function readScan(segment: Buffer, header: JpegHeader, { huffman }: Tables): Scan | null {
  const count = segment[0] ?? 0;
  if (count < 1 || count > 4 || segment.length < 4 + 2 * count) return null;
  const components: Scan['components'] = [];
  for (let index = 0; index < count; index++) {
    const place = header.components.findIndex(({ id }) => id === segment[1 + 2 * index]);
    const table = huffman[(segment[2 + 2 * index] as number) >> 4];
    if (place < 0 || table === undefined) return null;
    components.push({ place, table });
  }
  const predictor = segment[1 + 2 * count] as number;
  const pointTransform = (segment[3 + 2 * count] as number) & 15;
  return predictor < 1 || predictor > 7 || pointTransform >= header.precision ? null : { components, predictor, pointTransform };
}

/** Decodes one scan into its components' words; gives the offset behind it. */
function decodeScan(bytes: Buffer, start: number, header: JpegHeader, scan: Scan, restartInterval: number, words: Uint16Array): number | UndecodableReason {
  const { rows, columns, precision } = header;
  // H.1.1: a restart interval is a whole number of lines.
  if (restartInterval % columns !== 0) return 'corrupt';
  const linesBetween = restartInterval === 0 ? rows : restartInterval / columns;
  const reader = new EntropyReader(bytes, start);
  const neutral = 1 << (precision - scan.pointTransform - 1);
  for (let row = 0; row < rows; row++) {
    const first = row % linesBetween === 0;
    if (first && row > 0 && !reader.restart()) return 'corrupt';
    if (!decodeLine(reader, scan, header, row, first ? neutral : null, words)) return 'truncated';
  }
  if (scan.pointTransform > 0) {
    for (const { place } of scan.components)
      for (let at = place; at < words.length; at += header.components.length) words[at] = (words[at] as number) << scan.pointTransform;
  }
  return reader.position;
}

/** `neutral` predicts the first sample of a first line; null on later lines, which begin from the sample above. */
function decodeLine(reader: EntropyReader, scan: Scan, header: JpegHeader, row: number, neutral: number | null, words: Uint16Array): boolean {
  const { columns, components } = header;
  const step = components.length;
  const above = columns * step;
  for (let column = 0; column < columns; column++) {
    for (const { place, table } of scan.components) {
      const at = (row * columns + column) * step + place;
      const category = reader.readCode(table);
      if (category < 0 || category > 16) return false;
      const difference = category === 0 ? 0 : category === 16 ? 32_768 : reader.readDifference(category);
      if (difference === null) return false;
      let prediction: number;
      if (column === 0) prediction = neutral ?? (words[at - above] as number);
      else if (neutral !== null) prediction = words[at - step] as number;
      else prediction = predict(scan.predictor, words[at - step] as number, words[at - above] as number, words[at - above - step] as number);
      words[at] = prediction + difference;
    }
  }
  return true;
}

/** Table H.1: from the samples to the left, above, and above to the left. */
function predict(predictor: number, left: number, above: number, corner: number): number {
  switch (predictor) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return corner;
    case 4:
      return left + above - corner;
    case 5:
      return left + ((above - corner) >> 1);
    case 6:
      return above + ((left - corner) >> 1);
    default:
      return (left + above) >> 1;
  }
}
