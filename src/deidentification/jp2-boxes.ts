import { readJpegHead, type CodestreamHead, type CodestreamPart } from './jpeg-segments.js';

const SIGNATURE = Buffer.from([0, 0, 0, 12, 0x6a, 0x50, 0x20, 0x20, 0x0d, 0x0a, 0x87, 0x0a]);
/** Boxes that hold only boxes (ITU-T T.800 I.5.3, I.7.3). */
const CONTAINERS = new Set(['jp2h', 'res ', 'uinf', 'asoc']);
/** Boxes that say how the image is coded. */
const CODING_BOXES = new Set(['jP  ', 'ftyp', 'ihdr', 'bpcc', 'pclr', 'cmap', 'cdef', 'resc', 'resd', 'free', 'rreq']);
const MAX_BOXES = 1000;

/** Walks the boxes of a JP2 file, which some writers put where a codestream belongs; null for anything else. @param size length of the whole file in bytes */
export function readJp2Boxes(bytes: Buffer, size: number): CodestreamHead | null {
  if (bytes.length < SIGNATURE.length || !bytes.subarray(0, SIGNATURE.length).equals(SIGNATURE)) return null;
  const parts: CodestreamPart[] = [];
  let at = 0;
  for (let count = 0; count < MAX_BOXES && at + 8 <= bytes.length; count += 1) {
    const box = readBox(bytes, at, size);
    if (box === null) return { parts, endedEarly: false };
    if (CONTAINERS.has(box.kind)) {
      at = box.content;
      continue;
    }
    const content = bytes.subarray(box.content, box.end);
    if (box.kind === 'jp2c') parts.push(...(readJpegHead(content)?.parts ?? []));
    else parts.push(...partOf(box.kind, content, box.end - box.content));
    at = box.end;
  }
  return { parts, endedEarly: at < size };
}

interface Box {
  kind: string;
  /** Where its content begins and ends. */
  content: number;
  end: number;
}

/** Lengths of 1 are followed by one of 64 bits, 0 means to the end (I.4). */
function readBox(bytes: Buffer, at: number, size: number): Box | null {
  const short = bytes.readUInt32BE(at);
  const kind = bytes.toString('latin1', at + 4, at + 8);
  if (short === 0) return { kind, content: at + 8, end: size };
  if (short !== 1) return short < 8 || at + short > size ? null : { kind, content: at + 8, end: at + short };
  if (at + 16 > bytes.length) return null;
  const long = Number(bytes.readBigUInt64BE(at + 8));
  return long < 16 || at + long > size ? null : { kind, content: at + 16, end: at + long };
}

function partOf(kind: string, text: Buffer, bytes: number): CodestreamPart[] {
  if (CODING_BOXES.has(kind)) return [];
  if (kind === 'xml ') return [{ kind: 'xmp', text, bytes }];
  // Method 1 names a colour space, 2 and 3 bring a profile (I.5.3.3).
  if (kind === 'colr') return text[0] === 2 || text[0] === 3 ? [{ kind: 'profile', text: text.subarray(3), bytes }] : [];
  return [{ kind: 'box', text, bytes }];
}
