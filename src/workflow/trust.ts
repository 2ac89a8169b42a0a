import { CurationError } from '../errors.js';
import type { VerifyOptions } from '../verify/inspection.js';
import { readMinisignKeys, readSigners } from '../verify/signers-file.js';
import { releaseTableReader } from './release-tables.js';

/** What a user names to tell the release of a publisher from that of anybody. */
export interface TrustFlags {
  expect?: string | undefined;
  /** An allowed signers file. */
  signers?: string | undefined;
  /** Public key files of minisign. */
  'minisign-key'?: string[] | undefined;
  threshold?: number | undefined;
  'min-release'?: string | undefined;
}

/**
 * Reads what the flags name, as a verification takes it.
 * @throws {CurationError} USAGE, IO_FAILED
 */
export function readTrust({ expect, signers, 'minisign-key': keys, threshold, 'min-release': minRelease }: TrustFlags): Pick<VerifyOptions, 'expect' | 'signers' | 'minisignKeys' | 'threshold' | 'minRelease' | 'tables'> {
  if (threshold !== undefined && signers === undefined && keys === undefined) throw new CurationError('USAGE', '--threshold counts signers, and none is named.', { suggestions: ['Name them: --signers FILE or --minisign-key FILE.'] });
  return {
    tables: releaseTableReader,
    ...(expect === undefined ? {} : { expect }),
    ...(signers === undefined ? {} : { signers: readSigners(signers) }),
    ...(keys === undefined ? {} : { minisignKeys: readMinisignKeys(keys) }),
    ...(threshold === undefined ? {} : { threshold }),
    ...(minRelease === undefined ? {} : { minRelease }),
  };
}
