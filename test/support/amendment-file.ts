import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { AMENDMENT_FORMAT, type AmendedCase, type AmendmentDocument } from '../../src/model/amendment.js';
import { sha256 } from './release-folder.js';

/** A case of release 1.0.0 that was withdrawn. */
export function amendedCase(case_id: string | null, more: Partial<AmendedCase> = {}): AmendedCase {
  return { case_id, reason: case_id === null ? 'phi' : 'consent', date: '2026-02-20', replacement: null, since_version: null, releases: [{ version: '1.0.0', case_digest: null }], ...more };
}

/** An amendment of the release with the digest; C1 is withdrawn unless other cases are given. */
export function amendment(digest: string, more: Partial<AmendmentDocument> = {}): AmendmentDocument {
  const release = { version: '1.0.0', sequence: 1, digest };
  return { format: AMENDMENT_FORMAT, dataset: 'test-set', number: 1, date: '2026-02-21', previous: null, latest: release, releases: [release], withdrawn: [amendedCase('C1')], ...more };
}

/** Writes an amendment and returns its digest. */
export function writeAmendment(path: string, document: AmendmentDocument): string {
  mkdirSync(dirname(path), { recursive: true });
  const text = canonicalJson(document);
  writeFileSync(path, text);
  return sha256(text);
}

/** Signs a file as a steward would by hand: ssh-keygen writes the signature beside it. */
export function signByHand(path: string, key: string, namespace: string): void {
  execFileSync('ssh-keygen', ['-q', '-Y', 'sign', '-n', namespace, '-f', key, path], { stdio: 'ignore' });
}
