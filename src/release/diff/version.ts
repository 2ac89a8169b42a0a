import { CurationError } from '../../errors.js';
import type { BumpLevel } from '../../model/release.js';
import type { ChangeRule, VersionReason } from '../../model/release-diff.js';

/** One row of the table that decides the number: which level a kind of change asks for, and how it is said. */
interface VersionRule {
  rule: ChangeRule;
  level: BumpLevel;
  /** Said of one and of several; the number goes in front. */
  one: string;
  many: string;
  /** Why it asks for that level; one sentence. */
  why: string;
}

/**
 * The whole of the versioning policy (releases/README.md, VERSION-2). MAJOR is what can break a result that somebody got
 * from the release before; MINOR adds and leaves everything else as it was; PATCH leaves the data logically equal.
 */
export const VERSION_RULES: readonly VersionRule[] = [
  { rule: 'case-withdrawn', level: 'major', one: 'case was withdrawn', many: 'cases were withdrawn', why: 'A result that used the case must not be repeated with it.' },
  { rule: 'case-merged', level: 'major', one: 'case was merged into another one', many: 'cases were merged into others', why: 'Two patients were one: counts, and parts of splits, were wrong.' },
  { rule: 'case-split', level: 'major', one: 'case was split into several', many: 'cases were split into several', why: 'One patient was several: counts, and parts of splits, were wrong.' },
  { rule: 'case-renamed', level: 'major', one: 'case has another id', many: 'cases have other ids', why: 'What was joined by the old id finds nothing.' },
  { rule: 'case-removed', level: 'major', one: 'case is no longer accepted', many: 'cases are no longer accepted', why: 'A result that used the case cannot be repeated.' },
  { rule: 'study-removed', level: 'major', one: 'study was removed', many: 'studies were removed', why: 'A result that used the study cannot be repeated.' },
  { rule: 'study-moved', level: 'major', one: 'study belongs to another case', many: 'studies belong to other cases', why: 'Images are those of another patient than was said.' },
  { rule: 'series-removed', level: 'major', one: 'series was removed', many: 'series were removed', why: 'A result that used the series cannot be repeated.' },
  { rule: 'series-moved', level: 'major', one: 'series belongs to another study', many: 'series belong to other studies', why: 'What was joined by study, or by case, changes.' },
  { rule: 'instance-removed', level: 'major', one: 'image was removed', many: 'images were removed', why: 'A result that used the image cannot be repeated.' },
  { rule: 'instance-moved', level: 'major', one: 'image belongs to another series', many: 'images belong to other series', why: 'What was joined by series, study or case changes.' },
  { rule: 'instance-changed', level: 'major', one: 'image has other bytes', many: 'images have other bytes', why: 'The same name stands for another image.' },
  { rule: 'table-removed', level: 'major', one: 'table was removed', many: 'tables were removed', why: 'Code that reads the table breaks.' },
  { rule: 'table-rekeyed', level: 'major', one: 'table has another key', many: 'tables have another key', why: 'Joins on the old key break.' },
  { rule: 'column-removed', level: 'major', one: 'column was removed', many: 'columns were removed', why: 'Code that reads the column breaks.' },
  { rule: 'column-renamed', level: 'major', one: 'column has another name', many: 'columns have other names', why: 'Code that reads the column breaks.' },
  { rule: 'column-retyped', level: 'major', one: 'column has another type', many: 'columns have another type', why: 'Code that expects the old type breaks.' },
  { rule: 'unit-changed', level: 'major', one: 'column has another unit', many: 'columns have another unit', why: 'The same number means something else.' },
  { rule: 'row-removed', level: 'major', one: 'table row was removed', many: 'table rows were removed', why: 'A result that used the row cannot be repeated.' },
  { rule: 'cell-changed', level: 'major', one: 'table cell has another value', many: 'table cells have other values', why: 'A label or a measurement is another one.' },
  { rule: 'assignment-moved', level: 'major', one: 'case moved to another part of a split', many: 'cases moved to another part of a split', why: 'Results on the parts cannot be compared.' },
  { rule: 'assignment-removed', level: 'major', one: 'case is no longer in a split', many: 'cases are no longer in a split', why: 'Results on the parts cannot be compared.' },
  { rule: 'split-removed', level: 'major', one: 'split was removed', many: 'splits were removed', why: 'Results on its parts cannot be repeated.' },
  { rule: 'license-stricter', level: 'major', one: 'licence may be stricter', many: 'licences may be stricter', why: 'What was allowed may be forbidden now.' },
  { rule: 'content-changed', level: 'major', one: 'content digest differs', many: 'content digests differ', why: 'Something changed that no other rule names, such as the case that a row leads to.' },
  { rule: 'case-added', level: 'minor', one: 'case was added', many: 'cases were added', why: 'What was there is as it was.' },
  { rule: 'study-added', level: 'minor', one: 'study was added to a known case', many: 'studies were added to known cases', why: 'What was there is as it was.' },
  { rule: 'series-added', level: 'minor', one: 'series was added to a known study', many: 'series were added to known studies', why: 'What was there is as it was.' },
  { rule: 'instance-added', level: 'minor', one: 'image was added to a known series', many: 'images were added to known series', why: 'What was there is as it was.' },
  { rule: 'table-added', level: 'minor', one: 'table was added', many: 'tables were added', why: 'What was there is as it was.' },
  { rule: 'column-added', level: 'minor', one: 'column was added', many: 'columns were added', why: 'What was there is as it was.' },
  { rule: 'row-added', level: 'minor', one: 'table row was added', many: 'table rows were added', why: 'What was there is as it was.' },
  { rule: 'assignment-added', level: 'minor', one: 'known case was put into a split', many: 'known cases were put into a split', why: 'No case that was in the split moved.' },
  { rule: 'split-added', level: 'minor', one: 'split was added', many: 'splits were added', why: 'The splits that were there are as they were.' },
  { rule: 'license-looser', level: 'minor', one: 'licence is not stricter than before', many: 'licences are not stricter than before', why: 'All that was allowed is still allowed.' },
  { rule: 'schema-changed', level: 'patch', one: 'schema pack is another one', many: 'schema packs are other ones', why: 'The data are the same; they were held against other rules.' },
  { rule: 'dictionary-changed', level: 'patch', one: 'entry of the data dictionary is another one', many: 'entries of the data dictionary are other ones', why: 'The data are the same; they are described otherwise.' },
  { rule: 'policy-changed', level: 'patch', one: 'entry of the gate policy is another one', many: 'entries of the gate policy are other ones', why: 'The data are the same; they were judged otherwise.' },
  { rule: 'metadata-changed', level: 'patch', one: 'entry of the metadata has another value', many: 'entries of the metadata have other values', why: 'The data are the same.' },
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
 * @param examples what each reason names of its changes; nothing when absent
 * @returns null when nothing changed and nothing was raised: there is nothing to release
 * @throws {CurationError} USAGE when `bump` is lower than what the changes ask for
 */
export function decideVersion(
  previous: string | null,
  counts: Partial<Record<ChangeRule, number>>,
  bump?: BumpLevel,
  examples?: ReadonlyMap<ChangeRule, string[]>,
): VersionDecision | null {
  if (previous === null) return { version: FIRST_VERSION, level: null, reasons: [] };
  const reasons = VERSION_RULES.flatMap(({ rule, level, one, many, why }) => {
    const count = counts[rule] ?? 0;
    return count === 0 ? [] : [{ level, rule, message: `${count} ${count === 1 ? one : many}`, count, why, examples: examples?.get(rule) ?? [] }];
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
