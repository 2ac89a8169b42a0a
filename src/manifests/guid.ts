import { CurationError } from '../errors.js';
import { uriUuid } from '../fixity/uuid.js';

/** Prefix of the ids of MIDRC's index: `dg.MD1R/` and a UUID in lower case, as all ids that it ever gave have it. */
export const MIDRC_PREFIX = 'dg.MD1R';

const PREFIX = /^dg\.[A-Za-z0-9]+$/;
const GUID = /^(?:(dg\.[A-Za-z0-9]+)\/)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/**
 * The UUID of a content: of a file by its sha256, of a series, study or case by its content hash. The name is the URI
 * `nih:sha-256;<hex>` (RFC 6920 §7), so that the same bytes have the same id in every release, and other bytes another one.
 */
export function contentUuid(sha256: string): string {
  return uriUuid(`nih:sha-256;${sha256}`);
}

/** An id of a Gen3 index: prefix of the commons, slash, UUID of the content. */
export function contentGuid(prefix: string, sha256: string): string {
  return `${prefix}/${contentUuid(sha256)}`;
}

/**
 * The prefix of a data commons, e.g. `dg.MD1R`.
 * @throws {CurationError} USAGE
 */
export function parsePrefix(text: string): string {
  if (PREFIX.test(text)) return text;
  throw new CurationError('USAGE', `${JSON.stringify(text)} is no prefix of a data commons.`, { expected: 'dg. and letters or digits, e.g. dg.MD1R', found: text.slice(0, 80) });
}

/** An id of a data commons taken apart; a prefix of null: there is none. */
export interface ParsedGuid {
  /** In one form: `prefix/uuid`, the UUID in lower case. */
  guid: string;
  prefix: string | null;
}

/** Reads an id as manifests have it: bare, with its prefix, or as a DRS URI (compact or with a host); null when it is none. */
export function parseGuid(text: string): ParsedGuid | null {
  const match = GUID.exec(withoutUri(text));
  if (match === null) return null;
  const [, prefix, uuid = ''] = match;
  return prefix === undefined ? { guid: uuid.toLowerCase(), prefix: null } : { guid: `${prefix}/${uuid.toLowerCase()}`, prefix };
}

/** `drs://dg.MD1R:<uuid>` and `drs://host/dg.MD1R%2F<uuid>` (DRS 1.5, "DRS URIs") without what is not part of the id. */
function withoutUri(text: string): string {
  const compact = /^drs:\/\/(dg\.[A-Za-z0-9]+):(?:dg\.[A-Za-z0-9]+[:/])?([0-9a-f-]{36})$/i.exec(text);
  if (compact !== null) return `${compact[1]}/${compact[2]}`;
  const hosted = /^drs:\/\/[^/]+\/(.+)$/i.exec(text);
  return hosted === null ? text : (hosted[1] ?? '').replace(/%2F/gi, '/');
}
