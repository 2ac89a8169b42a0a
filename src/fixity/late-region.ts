import { sha256Hex } from './digest.js';

/**
 * The one region of a landing page that is filled after everything else is fixed: it holds the release digest, which depends
 * on release.json, which gives the digest of the page. That digest is over the page with the region empty (DOC-8).
 */
const BEGIN = '<!--release-digest-->';
const END = '<!--/release-digest-->';

/** The region as a page is rendered with it: empty. */
export const LATE_REGION = `${BEGIN}${END}`;

const HEX_DIGITS = 64;

/** A page, read as DOC-8 says. */
export interface LatePage {
  /** sha256 of the page with the region empty; of the whole page, and so no proof of anything, when `digest` is null. */
  fixed_sha256: string;
  /** The release digest in the region, 64 hex digits; null when there is anything else, nothing, or more than one region. */
  digest: string | null;
}

/** Puts the release digest into the empty region of a page. Asserts that there is exactly one. */
export function fillLateRegion(page: string, digest: string): string {
  const parts = page.split(LATE_REGION);
  if (parts.length !== 2 || !/^[0-9a-f]{64}$/.test(digest)) throw new Error('a page has one empty region, and a digest 64 hex digits');
  return parts.join(`${BEGIN}${digest}${END}`);
}

/** Takes the release digest out of a page. Whatever is in the region but 64 lower-case hex digits stays in, and so in the digest. */
export function readLateRegion(page: Buffer): LatePage {
  const from = page.indexOf(BEGIN) + BEGIN.length;
  const to = page.indexOf(END);
  const isOnly = from >= BEGIN.length && page.lastIndexOf(BEGIN) + BEGIN.length === from && page.lastIndexOf(END) === to;
  const content = isOnly && to - from === HEX_DIGITS ? page.toString('latin1', from, to) : '';
  if (!/^[0-9a-f]{64}$/.test(content)) return { fixed_sha256: sha256Hex(page), digest: null };
  return { fixed_sha256: sha256Hex(Buffer.concat([page.subarray(0, from), page.subarray(to)])), digest: content };
}
