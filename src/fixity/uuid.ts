import { hash, randomUUID } from 'node:crypto';

/** Namespace of names that are URLs or other URIs (RFC 9562 §6.6). */
const NAMESPACE_URL = Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex');

/**
 * The name-based UUID of a URI (RFC 9562 §5.5, version 5), in lower case: the same URI has the same UUID everywhere, for ever.
 * Python says `uuid.uuid5(uuid.NAMESPACE_URL, uri)`.
 */
export function uriUuid(uri: string): string {
  const bytes = hash('sha1', Buffer.concat([NAMESPACE_URL, Buffer.from(uri)]), 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A random UUID (RFC 9562 §5.4) for the name of something that is not published: a file aside, an attempt. */
export function randomId(): string {
  return randomUUID();
}
