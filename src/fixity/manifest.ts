import { unpublishablePathReason } from './safe-path.js';
import assert from 'node:assert';

/**
 * The line-based lists of a bag: payload and tag manifests (RFC 8493 2.1.3), fetch.txt (2.2.3), and our size list, which
 * has the manifest's form with a byte count in place of the digest. Pure: lines in, lines out.
 */

/** A line of a manifest: digest in lower-case hex, path decoded. */
export interface ManifestEntry {
  digest: string;
  path: string;
  /** What the line has that the format does not allow but that leaves no doubt what it means; null for none. */
  deviation: 'upper-case' | 'separator' | null;
}

/** A line of fetch.txt: a payload file that this copy does not carry. */
export interface FetchEntry {
  url: string;
  /** Null for `-`: unknown. */
  size_bytes: number | null;
  path: string;
}

/** A line of the size list. */
export interface SizeEntry {
  size_bytes: number;
  path: string;
}

/**
 * A manifest line with its line end: digest, two spaces, path; what `sha256sum -c` and every BagIt reader accept.
 * Asserts that the path may be published: decide that before, with `unpublishablePathReason`.
 */
export function formatManifestLine(digest: string, path: string): string {
  assert(/^[0-9a-f]{64}$/.test(digest), `no sha256: ${digest}`);
  assertPublishable(path);
  return `${digest}  ${path}\n`;
}

/** A line of the size list with its line end: bytes, two spaces, path. */
export function formatSizeLine(size_bytes: number, path: string): string {
  assert(Number.isSafeInteger(size_bytes) && size_bytes >= 0, `no size: ${size_bytes}`);
  assertPublishable(path);
  return `${size_bytes}  ${path}\n`;
}

/** A line of fetch.txt with its line end. The URL is written in its normalised form, in which white space is encoded. */
export function formatFetchLine(entry: FetchEntry): string {
  assertPublishable(entry.path);
  return `${new URL(entry.url).href} ${entry.size_bytes ?? '-'} ${entry.path}\n`;
}

function assertPublishable(path: string): void {
  const reason = unpublishablePathReason(path);
  assert(reason === null, `the path ${JSON.stringify(path)} ${reason}`);
}

/**
 * Reads one manifest line without its line end; null when it has another form. Decides nothing about the path.
 * @param digits hex digits of the algorithm: 64 for sha256, the only one of a release of ours
 */
export function parseManifestLine(line: string, digits = SHA256_DIGITS): ManifestEntry | null {
  if (digits === SHA256_DIGITS && STRICT.test(line)) return { digest: line.slice(0, 64), path: decodePath(line.slice(66)), deviation: null };
  const match = LOOSE.exec(line);
  if (match === null || match[1]?.length !== digits || match[3] === '') return null;
  const [, digest = '', separator = '', path = ''] = match;
  const upper = /[A-F]/.test(digest);
  return { digest: digest.toLowerCase(), path: decodePath(path), deviation: upper ? 'upper-case' : separator === '  ' ? null : 'separator' };
}

const SHA256_DIGITS = 64;
const STRICT = /^[0-9a-f]{64} {2}[^ \t*]/;
const LOOSE = /^([0-9a-fA-F]{32,128})([ \t]+\*?)(.*)$/su;

/** Reads one line of the size list; null when it has another form. */
export function parseSizeLine(line: string): SizeEntry | null {
  const match = /^(0|[1-9][0-9]{0,15}) {2}(.+)$/su.exec(line);
  if (match === null) return null;
  const size_bytes = Number(match[1]);
  return Number.isSafeInteger(size_bytes) ? { size_bytes, path: decodePath(match[2] ?? '') } : null;
}

/** Reads one line of fetch.txt; null when it has another form. Decides nothing about URL and path. */
export function parseFetchLine(line: string): FetchEntry | null {
  const match = /^(\S+)[ \t]+(-|0|[1-9][0-9]{0,15})[ \t]+(.+)$/su.exec(line);
  if (match === null) return null;
  const [, url = '', length = '', path = ''] = match;
  const size_bytes = length === '-' ? null : Number(length);
  if (size_bytes !== null && !Number.isSafeInteger(size_bytes)) return null;
  return { url, size_bytes, path: decodePath(path) };
}

/** RFC 8493 2.1.3: in a manifest LF, CR and % of a path, and nothing else, are percent-encoded. */
function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  return path.replace(/%(0A|0D|25)/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
