import { type ByteRun, readableRuns, type RunEncoding } from './byte-runs.js';
import type { TextHit } from './hits.js';
import type { TextScanner } from './scan.js';

/** Something in bytes that may identify somebody. */
export interface ByteHit extends TextHit {
  /** Offset of the readable run that holds it, in bytes; `start` and `end` count characters from there. */
  offset: number;
  encoding: RunEncoding;
  /** The run of characters it stands in, for a fingerprint: never to be shown. */
  run: string;
}

/** A value that has so many findings needs no more. */
const MAX_HITS = 50;
/** Most of its letters or digits: noise that is printable by chance is mostly signs. */
const MIN_WORD_SHARE = 0.65;

/** Scans the readable runs of bytes, strictly: noise that reads like text by chance gives no hit. At most 50 hits. */
export function scanByteRuns(bytes: Uint8Array, scan: TextScanner): ByteHit[] {
  const hits: ByteHit[] = [];
  for (const run of readableRuns(bytes)) {
    if (!isLikelyText(run.text)) continue;
    for (const hit of scan(run.text, { kind: 'bytes' })) {
      if (hit.code !== 'DID-047') hits.push({ ...hit, offset: run.offset, encoding: run.encoding, run: run.text });
      if (hits.length >= MAX_HITS) return hits;
    }
  }
  return hits;
}

function isLikelyText(text: ByteRun['text']): boolean {
  let words = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at) | 0x20;
    if ((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x20 || code > 0xa0) words++;
  }
  return words >= text.length * MIN_WORD_SHARE;
}
