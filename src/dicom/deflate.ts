import { constants, inflateRawSync } from 'node:zlib';
import { systemErrorCode } from '../errors.js';
import { MAX_INFLATED_BYTES } from './limits.js';

/** What inflating the head of a stream gave: its bytes, or why there are none. */
export type Inflated = { kind: 'bytes'; bytes: Buffer } | { kind: 'too-large' } | { kind: 'corrupt' };

/**
 * Inflates what `deflated` holds of a raw deflate stream (RFC 1951; PS3.5 A.5), cut short or not.
 * The header of RFC 1950, which some writers put before it, is passed over.
 */
export function inflateHead(deflated: Buffer): Inflated {
  try {
    const options = { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: MAX_INFLATED_BYTES };
    return { kind: 'bytes', bytes: inflateRawSync(rawStream(deflated), options) };
  } catch (error) {
    return { kind: systemErrorCode(error) === 'ERR_BUFFER_TOO_LARGE' ? 'too-large' : 'corrupt' };
  }
}

/** Whether `deflated` holds the end of its stream; bytes behind the end are padding. */
export function holdsStreamEnd(deflated: Buffer): boolean {
  try {
    inflateRawSync(rawStream(deflated), { maxOutputLength: MAX_INFLATED_BYTES });
    return true;
  } catch {
    return false;
  }
}

/** No raw stream begins as a zlib header does: 0x78 would open a stored block whose length check fails. */
function rawStream(deflated: Buffer): Buffer {
  const isZlib = deflated.length >= 2 && deflated[0] === 0x78 && deflated.readUInt16BE(0) % 31 === 0;
  return isZlib ? deflated.subarray(2) : deflated;
}
