import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { AMENDMENT_FORMAT, type AmendmentDocument } from '../model/amendment.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { canonicalJson } from './canonical-json.js';
import { findDefects, type Schema } from './document-schema.js';
import { parseJsonStrict } from './json.js';

/** Larger amendments are refused unread, in bytes: room for some 100,000 cases. */
export const MAX_AMENDMENT_BYTES = 64 << 20;

const FORMAT_VERSION = Number(AMENDMENT_FORMAT.split('/')[1]);

/** An amendment, or why a text is none, as a sentence. */
export type AmendmentReading = { document: AmendmentDocument } | { reason: string };

/**
 * Reads an amendment strictly: bounded, no key twice, of a format that this version knows, valid by its printed schema,
 * canonical, and every case told by its id or a digest.
 * @throws {CurationError} RELEASE_TOO_NEW
 */
export function parseAmendment(bytes: Buffer, path: string): AmendmentReading {
  const reading = parseJsonStrict(bytes);
  if (!reading.ok) return { reason: `It cannot be used: ${reading.reason}.` };
  refuseNewerFormat(reading.value, path);
  const [defect] = findDefects(reading.value, readSchema());
  if (defect !== undefined) return { reason: defect };
  if (!bytes.equals(Buffer.from(canonicalJson(reading.value)))) return { reason: 'Its JSON is not in the canonical form of RFC 8785.' };
  const document = reading.value as AmendmentDocument;
  const untold = document.withdrawn.findIndex(({ case_id, releases }) => case_id === null && releases.every(({ case_digest }) => case_digest === null));
  return untold < 0 ? { document } : { reason: `/withdrawn/${untold} names no case, by id or by digest.` };
}

function refuseNewerFormat(value: unknown, path: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  const version = typeof format === 'string' ? /^colophon-amendment\/([1-9][0-9]{0,5})$/.exec(format)?.[1] : undefined;
  if (version === undefined || Number(version) <= FORMAT_VERSION) return;
  throw new CurationError('RELEASE_TOO_NEW', `${path} has the format ${String(format)}, which this version does not know.`, {
    expected: AMENDMENT_FORMAT,
    found: String(format),
    suggestions: ['Take a newer version of colophon: this one could miss that a case was withdrawn.'],
  });
}

function readSchema(): Schema {
  return JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/format/amendment.v1.schema.json'), 'utf8')) as Schema;
}
