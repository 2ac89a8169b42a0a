import { Sha256 } from './sha256.js';

/** Begin and end of the region of a page that holds the release digest, put together here so that this text is no such region itself. */
const REGION_BEGIN = ['<', '!--release-digest--', '>'].join('');
const REGION_END = ['<', '!--/release-digest--', '>'].join('');

/** sha256 of a page without the release digest in it (DOC-8): what release.json gives. Null when there is anything else in that place. */
export function hashFixedPart(page: Uint8Array, releaseDigest: string): string | null {
  const text = new TextDecoder('latin1').decode(page);
  const from = text.indexOf(REGION_BEGIN) + REGION_BEGIN.length;
  const to = text.indexOf(REGION_END);
  const isOnly = from >= REGION_BEGIN.length && text.lastIndexOf(REGION_BEGIN) + REGION_BEGIN.length === from && text.lastIndexOf(REGION_END) === to;
  if (!isOnly || text.slice(from, to) !== releaseDigest) return null;
  return new Sha256().update(page.subarray(0, from)).update(page.subarray(to)).hex();
}
