import { constants, inflateRawSync, inflateSync } from 'node:zlib';

/** Streams of one file that are inflated, bytes of one, and of all. */
const MAX_STREAMS = 256;
const MAX_STREAM_BYTES = 16 * 1024 * 1024;
const MAX_ALL_BYTES = 64 * 1024 * 1024;
/** Candidates that are tried: random bytes hold one in every sixteen thousand. */
const MAX_TRIALS = 20_000;
/** Less is no text, but chance. */
const LEAST_BYTES = 16;

const GZIP = Buffer.from([0x1f, 0x8b, 0x08]);
/** The first two bytes of a zlib stream without a preset dictionary, one for each level (RFC 1950 2.2); and of gzip. */
const MAGIC = [Buffer.from([0x78, 0x01]), Buffer.from([0x78, 0x5e]), Buffer.from([0x78, 0x9c]), Buffer.from([0x78, 0xda]), GZIP];

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
  for (const magic of MAGIC)
    for (let at = bytes.indexOf(magic); at !== -1; at = bytes.indexOf(magic, at + 1)) {
      if (++trials > MAX_TRIALS || streams.length >= MAX_STREAMS || total >= MAX_ALL_BYTES) return { streams, more: true };
      const inflated = inflate(bytes.subarray(at), magic === GZIP);
      if (inflated === null || inflated.length < LEAST_BYTES) continue;
      total += inflated.length;
      streams.push({ at, bytes: inflated });
    }
  return { streams, more: false };
}

/** What follows a stream is no part of it; for gzip only the bare stream within is read like that. */
function inflate(bytes: Buffer, gzip: boolean): Buffer | null {
  const options = { maxOutputLength: MAX_STREAM_BYTES, finishFlush: constants.Z_SYNC_FLUSH };
  try {
    return gzip ? inflateRawSync(bytes.subarray(gzipHeaderBytes(bytes)), options) : inflateSync(bytes, options);
  } catch {
    return null;
  }
}

const HEADER_BYTES = 10;
const HAS_CHECKSUM = 2;
const HAS_EXTRA = 4;
const HAS_NAME = 8;
const HAS_COMMENT = 16;

/** Length of a gzip header with its optional fields (RFC 1952 2.3). */
function gzipHeaderBytes(bytes: Buffer): number {
  const flags = bytes[3] ?? 0;
  let at = HEADER_BYTES;
  if ((flags & HAS_EXTRA) !== 0 && at + 2 <= bytes.length) at += 2 + bytes.readUInt16LE(at);
  for (const flag of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    at = end === -1 ? bytes.length : end + 1;
  }
  return (flags & HAS_CHECKSUM) === 0 ? at : at + 2;
}
