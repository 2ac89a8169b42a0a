import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { parseJsonStrict } from '../fixity/json.js';
import { RELEASE_FORMAT, type ReleaseDocument } from '../model/release.js';
import { PACKAGE_ROOT } from '../package-root.js';

/** Larger release.json files are refused unread, in bytes. */
export const MAX_DOCUMENT_BYTES = 16 << 20;

/**
 * Reads release.json strictly: canonical, of a format that this version knows, valid by its printed schema.
 * @throws {CurationError} RELEASE_INVALID, RELEASE_TOO_NEW
 */
export async function parseDocument(bytes: Buffer, path: string): Promise<ReleaseDocument> {
  const reading = parseJsonStrict(bytes);
  if (!reading.ok) throw invalid(path, reading.reason);
  refuseNewerFormat(reading.value, path);
  const validate = await documentValidator();
  if (!validate(reading.value)) {
    const [first] = validate.errors ?? [];
    throw invalid(path, `${first?.instancePath ?? ''} ${first?.message ?? 'is not valid'}`.trim());
  }
  if (!bytes.equals(Buffer.from(canonicalJson(reading.value)))) throw invalid(path, 'its JSON is not in the canonical form of RFC 8785');
  return reading.value as ReleaseDocument;
}

function refuseNewerFormat(value: unknown, path: string): void {
  const format = typeof value === 'object' && value !== null && 'format' in value ? value.format : undefined;
  if (format === RELEASE_FORMAT || typeof format !== 'string' || !/^colophon-release\/[0-9]+$/.test(format)) return;
  throw new CurationError('RELEASE_TOO_NEW', `${path} was written by a newer version of Colophon.`, {
    expected: RELEASE_FORMAT,
    found: format,
    suggestions: ['Update Colophon: a release of an older format must not follow one of a newer.'],
  });
}

function invalid(path: string, reason: string): CurationError {
  return new CurationError('RELEASE_INVALID', `${path} is no release.json: ${reason}.`, {
    suggestions: ['Bring the file back from a copy or from version control.'],
  });
}

type Validator = ((value: unknown) => boolean) & { errors?: { instancePath: string; message?: string }[] | null };
let compiled: Validator | undefined;

/** Loaded when needed: the validator costs as much time as a small command. */
async function documentValidator(): Promise<Validator> {
  if (compiled !== undefined) return compiled;
  const { Ajv2020 } = await import('ajv/dist/2020.js');
  const schema = JSON.parse(readFileSync(join(PACKAGE_ROOT, 'schemas/format/release.v1.schema.json'), 'utf8')) as object;
  compiled = new Ajv2020({ strict: false }).compile(schema) as Validator;
  return compiled;
}
