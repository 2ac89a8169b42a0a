import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile } from '../fixity/file.js';
import { DEFAULT_JSON_LIMITS, parseJsonStrict } from '../fixity/json.js';
import { RELEASE_FILES, RELEASE_FORMAT, type ReleaseDocument } from '../model/release.js';
import { PACKAGE_ROOT } from '../package-root.js';
import { findDefects, type Schema } from '../fixity/document-schema.js';
import type { Inspection } from './inspection.js';
import { readTagFile } from './tag-files.js';

const NAME = RELEASE_FILES.release;
const FORMAT_VERSION = Number(RELEASE_FORMAT.split('/')[1]);

/**
 * Reads release.json strictly: bounded, no duplicate keys, of a format this version knows, valid by its schema, canonical.
 * @throws {CurationError} RELEASE_TOO_NEW
 */
export function readDocument(inspection: Inspection): void {
  let bytes: Buffer = Buffer.alloc(0);
  const found = readTagFile(inspection, NAME, (path) => {
    bytes = readRegularFile(path, DEFAULT_JSON_LIMITS.maxBytes);
    return { size_bytes: bytes.length, sha256: sha256Hex(bytes) };
  });
  if (!found) return;
  const reading = parseJsonStrict(bytes);
  if (!reading.ok) return inspection.report('manifest-malformed', NAME, `It cannot be used: ${reading.reason}.`);
  refuseNewerFormat(inspection, reading.value);
  const defects = findSchemaDefects(reading.value);
  for (const defect of defects) inspection.report('manifest-malformed', NAME, defect);
  if (defects.length > 0) return;
  if (!bytes.equals(Buffer.from(canonicalJson(reading.value)))) {
    inspection.report('manifest-malformed', NAME, 'Its JSON is not in the canonical form of RFC 8785.');
  }
  inspection.document = reading.value as ReleaseDocument;
  if ((inspection.document.sequence === 1) !== (inspection.document.previous === null)) {
    inspection.report('chain-broken', NAME, 'Only the first release, of sequence 1, has no previous one.', { found: `sequence ${inspection.document.sequence}` });
  }
}

function refuseNewerFormat(inspection: Inspection, value: unknown): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  const version = typeof format === 'string' ? /^colophon-release\/([1-9][0-9]{0,5})$/.exec(format)?.[1] : undefined;
  if (version === undefined || Number(version) <= FORMAT_VERSION) return;
  // A flipped bit may look like a newer format; a release whose own tag manifest objects is damaged, not new.
  const listed = inspection.tagLines?.get(NAME);
  if (listed !== undefined && listed !== inspection.digest) return;
  throw new CurationError('RELEASE_TOO_NEW', `${inspection.root} has the format ${String(format)}, which this version does not know.`, {
    expected: RELEASE_FORMAT,
    found: String(format),
    suggestions: ['Verify it with a newer version of colophon.', 'Its bytes can be checked by hand: `sha256sum -c manifest-sha256.txt`.'],
  });
}

/** Sentences about what the printed schema objects to. */
function findSchemaDefects(value: unknown): string[] {
  return findDefects(value, JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/format/release.v1.schema.json'), 'utf8')) as Schema);
}
