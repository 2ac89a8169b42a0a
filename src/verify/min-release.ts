import { CurationError } from '../errors.js';
import type { ReleaseDocument } from '../model/release.js';
import type { SeenRelease } from '../model/verification.js';
import type { ReleaseMemory } from './release-memory.js';

/** The least release that a reader accepts. */
export type MinRelease = { kind: 'sequence'; sequence: number } | { kind: 'version'; version: string } | { kind: 'latest' };

/**
 * Reads what `--min-release` was given: `2.1.0`, `3`, or `latest`.
 * @param memory without it `latest` means nothing
 * @throws {CurationError} USAGE
 */
export function parseMinRelease(text: string, memory: ReleaseMemory | undefined): MinRelease {
  if (/^[1-9][0-9]{0,14}$/.test(text)) return { kind: 'sequence', sequence: Number(text) };
  if (/^(0|[1-9][0-9]{0,14})(\.(0|[1-9][0-9]{0,14})){2}$/.test(text)) return { kind: 'version', version: text };
  if (text === 'latest' && memory !== undefined) return { kind: 'latest' };
  if (text === 'latest') throw new CurationError('USAGE', 'The latest release that was seen is asked for, but nothing is remembered here.', { suggestions: ['Name a version or a sequence; `verify` remembers, without --no-remember.'] });
  throw new CurationError('USAGE', 'The least release is none.', { expected: 'a version (2.1.0), a sequence (3) or latest', found: text.slice(0, 100) });
}

/** Whether a release is below the least one; null when it is not, else what is the least. */
export function belowMinimum({ sequence, version }: ReleaseDocument, least: MinRelease, seen: SeenRelease | null): string | null {
  if (least.kind === 'version') return compareNumbers(version, least.version) < 0 ? least.version : null;
  if (least.kind === 'sequence') return sequence < least.sequence ? `release ${least.sequence}` : null;
  return seen !== null && sequence < seen.sequence ? `${seen.version}, release ${seen.sequence}` : null;
}

/** Orders versions of three numbers; those of a release may have any number of digits. */
function compareNumbers(a: string, b: string): number {
  const theirs = b.split('.').map(BigInt);
  for (const [index, part] of a.split('.').map(BigInt).entries()) if (part !== theirs[index]) return part < theirs[index]! ? -1 : 1;
  return 0;
}
