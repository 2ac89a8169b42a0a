import { constants, gunzipSync, inflateSync } from 'node:zlib';

/** Streams of one file that are inflated, bytes of one, and of all. */
const MAX_STREAMS = 256;
const MAX_STREAM_BYTES = 16 * 1024 * 1024;
const MAX_ALL_BYTES = 64 * 1024 * 1024;
/** Candidates that are tried: random bytes hold one in every sixteen thousand. */
const MAX_TRIALS = 20_000;
/** Less is no text, but chance. */
const LEAST_BYTES = 16;

/** What was found of compressed streams. */
export interface DeflatedStreams {
  /** Inflated bytes, and where in the file their stream begins. */
  streams: { at: number; bytes: Buffer }[];
  /** A limit was met: there may be more. */
  more: boolean;
}

/** Inflates the zlib and gzip streams (RFC 1950, 1952) that begin anywhere in some bytes, within limits. */
export function inflateStreams(bytes: Buffer): DeflatedStreams {
  const streams: DeflatedStreams['streams'] = [];
  let trials = 0;
  let total = 0;
  for (let at = 0; at + 8 < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== 0x78 && byte !== 0x1f) continue;
    const gzip = byte === 0x1f && bytes[at + 1] === 0x8b && bytes[at + 2] === 8;
    if (!gzip && (byte !== 0x78 || bytes.readUInt16BE(at) % 31 !== 0 || ((bytes[at + 1] as number) & 0x20) !== 0)) continue;
    if (++trials > MAX_TRIALS || streams.length >= MAX_STREAMS || total >= MAX_ALL_BYTES) return { streams, more: true };
    const inflated = inflate(bytes.subarray(at), gzip);
    if (inflated === null || inflated.length < LEAST_BYTES) continue;
    total += inflated.length;
    streams.push({ at, bytes: inflated });
  }
  return { streams, more: false };
}

function inflate(bytes: Buffer, gzip: boolean): Buffer | null {
  const options = { maxOutputLength: MAX_STREAM_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return gzip ? gunzipSync(bytes, options) : inflateSync(bytes, options);
  } catch {
    return null;
  }
}
