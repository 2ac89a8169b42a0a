import { createHmac, hash } from 'node:crypto';

/** SHA-256 over the given pieces one after another, as 32 bytes; a string is hashed as its UTF-8 bytes. */
export function sha256Bytes(...pieces: readonly (string | Uint8Array)[]): Buffer {
  return hash('sha256', Buffer.concat(pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'utf8') : piece))), 'buffer');
}

/** HMAC-SHA-256 (RFC 2104) of a text under a key, as 32 bytes: to whoever lacks the key it is a random number. */
export function keyedDigest(key: Uint8Array, text: string): Buffer {
  return createHmac('sha256', key).update(text, 'utf8').digest();
}
