/** Scanners and text fixtures that the tests of texts share. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { createTextScanner, type ScanPolicy, type TextScanner } from '../../src/text/scan.js';

export const TEXT_POLICY: ScanPolicy = {
  institutions: [],
  dummy_values: ['ANONYMOUS', 'REMOVED', 'N/A'],
  limits: { text_chars: 1_048_576, inflated_bytes: 1, pixels: 1 },
};

/** A scanner with the policy of the tests, or with some of it otherwise. */
export function makeScanner(policy: Partial<ScanPolicy> = {}): TextScanner {
  return createTextScanner({ ...TEXT_POLICY, ...policy });
}

/** Lines of a file in test/fixtures/text that are no comment, split at tabs. */
export function textFixture(file: string): string[][] {
  const lines = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/text', file), 'utf8').split('\n');
  return lines.filter((line) => line !== '' && !line.startsWith('#')).map((line) => line.split('\t'));
}

/** The bare rules that a scanner finds broken, with the level of each: `DID-040 error`. */
export function found(scan: TextScanner, ...input: Parameters<TextScanner>): string[] {
  return [...new Set(scan(...input).map(({ code, level }) => `${code} ${level}`))].sort();
}
