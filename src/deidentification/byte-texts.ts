/** Shortest run of characters that is taken for text. */
const LEAST_CHARS = 6;
/** Longest piece handed on; longer runs come in overlapping pieces. */
const PIECE_CHARS = 4096;
const OVERLAP_CHARS = 128;

/** Texts that can be read in bytes: runs of printable ASCII, one byte or two (UTF-16 of either order) a character. */
export function* textsInBytes(bytes: Buffer): Generator<string> {
  yield* runs(bytes, 1);
  yield* runs(bytes, 2);
}

function* runs(bytes: Buffer, step: 1 | 2): Generator<string> {
  let from = -1;
  for (let at = 0; at < bytes.length; ) {
    const printable = isPrintable(bytes[at] as number);
    if (printable && from === -1) from = at;
    if (printable && (step === 1 || bytes[at + 1] === 0)) {
      at += step;
      continue;
    }
    // The last character of UTF-16 big endian has no zero behind it.
    const end = printable ? at + 1 : at;
    if (from !== -1) yield* pieces(bytes, from, end, step);
    from = -1;
    at += 1;
  }
  if (from !== -1) yield* pieces(bytes, from, bytes.length, step);
}

function* pieces(bytes: Buffer, from: number, end: number, step: 1 | 2): Generator<string> {
  const chars = Math.ceil((end - from) / step);
  if (chars < LEAST_CHARS) return;
  for (let at = 0; at < chars; at += PIECE_CHARS - OVERLAP_CHARS) {
    const to = Math.min(chars, at + PIECE_CHARS);
    if (step === 1) yield bytes.toString('latin1', from + at, from + to);
    else yield bytes.toString('latin1', from + at * 2, Math.min(end, from + to * 2)).replaceAll('\0', '');
    if (to === chars) return;
  }
}

function isPrintable(byte: number): boolean {
  return byte >= 0x20 && byte < 0x7f;
}
