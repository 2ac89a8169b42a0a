import { CurationError } from '../errors.js';
import type { BumpLevel, ChangeRule, VersionReason } from '../model/release.js';

/** One row of the table that decides the number: which level a kind of change asks for, and how it is said. */
interface VersionRule {
  rule: ChangeRule;
  level: BumpLevel;
  /** Said of one and of several; the number goes in front. */
  one: string;
  many: string;
}

/**
 * The whole of the versioning policy (releases/README.md, VERSION-2). MAJOR is what can break a result that somebody got
 * from the release before; MINOR adds and leaves everything else as it was; PATCH leaves the data logically equal.
 */
export const VERSION_RULES: readonly VersionRule[] = [
  { rule: 'case-withdrawn', level: 'major', one: 'case was withdrawn', many: 'cases were withdrawn' },
  { rule: 'case-merged', level: 'major', one: 'case was merged into another one', many: 'cases were merged into others' },
  { rule: 'case-removed', level: 'major', one: 'case is no longer accepted', many: 'cases are no longer accepted' },
  { rule: 'study-removed', level: 'major', one: 'study was removed', many: 'studies were removed' },
  { rule: 'series-removed', level: 'major', one: 'series was removed', many: 'series were removed' },
  { rule: 'instance-removed', level: 'major', one: 'image was removed', many: 'images were removed' },
  { rule: 'instance-changed', level: 'major', one: 'image has other bytes', many: 'images have other bytes' },
  { rule: 'table-removed', level: 'major', one: 'table was removed', many: 'tables were removed' },
  { rule: 'table-rekeyed', level: 'major', one: 'table has another key', many: 'tables have another key' },
  { rule: 'column-removed', level: 'major', one: 'column was removed', many: 'columns were removed' },
  { rule: 'column-retyped', level: 'major', one: 'column has another type', many: 'columns have another type' },
  { rule: 'row-removed', level: 'major', one: 'table row was removed', many: 'table rows were removed' },
  { rule: 'cell-changed', level: 'major', one: 'table cell has another value', many: 'table cells have other values' },
  { rule: 'assignment-moved', level: 'major', one: 'case moved to another part of a split', many: 'cases moved to another part of a split' },
  { rule: 'assignment-removed', level: 'major', one: 'case is no longer in a split', many: 'cases are no longer in a split' },
  { rule: 'split-removed', level: 'major', one: 'split was removed', many: 'splits were removed' },
  { rule: 'license-stricter', level: 'major', one: 'licence may be stricter', many: 'licences may be stricter' },
  { rule: 'content-changed', level: 'major', one: 'content digest differs', many: 'content digests differ' },
  { rule: 'case-added', level: 'minor', one: 'case was added', many: 'cases were added' },
  { rule: 'study-added', level: 'minor', one: 'study was added to a known case', many: 'studies were added to known cases' },
  { rule: 'series-added', level: 'minor', one: 'series was added to a known study', many: 'series were added to known studies' },
  { rule: 'instance-added', level: 'minor', one: 'image was added to a known series', many: 'images were added to known series' },
  { rule: 'table-added', level: 'minor', one: 'table was added', many: 'tables were added' },
  { rule: 'column-added', level: 'minor', one: 'column was added', many: 'columns were added' },
  { rule: 'row-added', level: 'minor', one: 'table row was added', many: 'table rows were added' },
  { rule: 'assignment-added', level: 'minor', one: 'known case was put into a split', many: 'known cases were put into a split' },
  { rule: 'split-added', level: 'minor', one: 'split was added', many: 'splits were added' },
  { rule: 'license-looser', level: 'minor', one: 'licence is not stricter than before', many: 'licences are not stricter than before' },
  { rule: 'schema-changed', level: 'patch', one: 'schema pack has other rules', many: 'schema packs have other rules' },
  { rule: 'policy-changed', level: 'patch', one: 'gate policy is another one', many: 'gate policies are other ones' },
  { rule: 'metadata-changed', level: 'patch', one: 'entry of the metadata has another value', many: 'entries of the metadata have other values' },
];

const LEVELS: readonly BumpLevel[] = ['patch', 'minor', 'major'];
const FIRST_VERSION = '1.0.0';

/** The number of the next release and why. */
export interface VersionDecision {
  version: string;
  /** Null for the first release, and when nothing changed and nobody raised it. */
  level: BumpLevel | null;
  /** Gravest first, in the order of the rules; empty when nothing changed. */
  reasons: VersionReason[];
}

/**
 * Computes the number of the next release from what changed: a pure function of its arguments. `bump` may raise the level
 * that the changes ask for.
 * @returns null when nothing changed and nothing was raised: there is nothing to release
 * @throws {CurationError} USAGE when `bump` is lower than what the changes ask for
 */
export function decideVersion(previous: string | null, counts: Partial<Record<ChangeRule, number>>, bump?: BumpLevel): VersionDecision | null {
  if (previous === null) return { version: FIRST_VERSION, level: null, reasons: [] };
  const reasons = VERSION_RULES.flatMap(({ rule, level, one, many }) => {
    const count = counts[rule] ?? 0;
    return count === 0 ? [] : [{ level, rule, message: `${count} ${count === 1 ? one : many}`, count }];
  });
  const computed = LEVELS.findLast((level) => reasons.some((reason) => reason.level === level)) ?? null;
  const level = raise(computed, bump);
  return level === null ? null : { version: increment(previous, level), level, reasons };
}

function raise(computed: BumpLevel | null, bump: BumpLevel | undefined): BumpLevel | null {
  if (bump === undefined || bump === computed) return computed;
  if (computed === null || LEVELS.indexOf(bump) > LEVELS.indexOf(computed)) return bump;
  throw new CurationError('USAGE', `The changes since the last release ask for a ${computed} release; --bump may raise that, never lower it.`, {
    expected: `${computed} or higher`,
    found: bump,
    suggestions: ['See why: colophon release plan'],
  });
}

function increment(version: string, level: BumpLevel): string {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  if (level === 'major') return `${major + 1}.0.0`;
  return level === 'minor' ? `${major}.${minor + 1}.0` : `${major}.${minor}.${patch + 1}`;
}

/** Orders two versions by precedence (Semantic Versioning 2.0.0, clause 11). */
export function compareVersions(a: string, b: string): number {
  const [x, y] = [a, b].map((version) => version.split('.').map(Number)) as [number[], number[]];
  return x.map((part, at) => part - (y[at] ?? 0)).find((difference) => difference !== 0) ?? 0;
}
