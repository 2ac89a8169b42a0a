/** Runs of readable text in bytes of unknown layout: private elements, OB and UN values, CSA headers. */

export type RunEncoding = 'ascii' | 'utf-16le' | 'utf-16be';

export interface ByteRun {
  text: string;
  /** Offset of the first byte. */
  offset: number;
  encoding: RunEncoding;
}

/** Fewer characters are noise. */
const MIN_CHARS = 4;
/** A longer run is given in parts, which overlap, so that nothing is hidden at a seam. */
const MAX_CHARS = 65_536;
const OVERLAP_CHARS = 256;

/**
 * Yields the readable runs: first those of ASCII (and of UTF-8 letters of two bytes), then of UTF-16 in both orders at even
 * and odd offsets. Each pass reads every byte once; nothing is allocated but the runs.
 */
export function* readableRuns(bytes: Uint8Array): Generator<ByteRun> {
  yield* narrowRuns(bytes);
  for (const encoding of ['utf-16le', 'utf-16be'] as const) for (const first of [0, 1]) yield* wideRuns(bytes, encoding, first);
}

/** Printable ASCII; tab and line ends stand within a run. */
function isNarrow(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

/** A Latin letter of two bytes of UTF-8, U+00C0 to U+017F. */
function isUtf8Letter(bytes: Uint8Array, at: number): boolean {
  const first = bytes[at] as number;
  const second = bytes[at + 1] ?? 0;
  return (first === 0xc3 || first === 0xc4 || first === 0xc5) && second >= 0x80 && second <= 0xbf;
}

function* narrowRuns(bytes: Uint8Array): Generator<ByteRun> {
  const decoder = new TextDecoder('utf-8');
  for (let start = 0; start < bytes.length; ) {
    let end = start;
    while (end < bytes.length && end - start < MAX_CHARS) {
      if (isNarrow(bytes[end] as number)) end++;
      else if (end > start && isUtf8Letter(bytes, end)) end += 2;
      else break;
    }
    if (end - start >= MIN_CHARS) yield { text: decoder.decode(bytes.subarray(start, end)), offset: start, encoding: 'ascii' };
    start = end - start >= MAX_CHARS ? end - OVERLAP_CHARS : end + 1;
  }
}

/** Latin characters, U+0020 to U+024F without controls. */
function isWide(unit: number): boolean {
  return (unit >= 0x20 && unit < 0x7f) || (unit >= 0xa0 && unit < 0x250) || unit === 0x09 || unit === 0x0a || unit === 0x0d;
}

function* wideRuns(bytes: Uint8Array, encoding: 'utf-16le' | 'utf-16be', first: number): Generator<ByteRun> {
  const high = encoding === 'utf-16le' ? 1 : 0;
  const unitAt = (at: number): number => ((bytes[at + high] as number) << 8) | (bytes[at + 1 - high] as number);
  for (let start = first; start + 1 < bytes.length; ) {
    let end = start;
    while (end + 1 < bytes.length && end - start < 2 * MAX_CHARS && isWide(unitAt(end))) end += 2;
    if (end - start >= 2 * MIN_CHARS) yield { text: decodeUnits(start, end, unitAt), offset: start, encoding };
    start = end - start >= 2 * MAX_CHARS ? end - 2 * OVERLAP_CHARS : end + 2;
  }
}

function decodeUnits(start: number, end: number, unitAt: (at: number) => number): string {
  let text = '';
  for (let at = start; at < end; at += 2) text += String.fromCharCode(unitAt(at));
  return text;
}
