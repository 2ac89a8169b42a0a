import { parseInterval, type Interval } from '../report/measures/interval-label.js';
import { isNotReported } from '../report/measures/not-reported.js';

/** Categories of a variable that stand for one category of a target. */
export interface MatchedCategory {
  label: string;
  /** Share, percentage or count, as the target gives it. */
  value: number;
  /** Places of the variable's own categories, ascending; none when no case has it. */
  own: number[];
}

/** A target in the categories of a variable. */
export interface MatchedCategories {
  categories: MatchedCategory[];
  /** Places of own categories that the target does not name, ascending. */
  unnamed: number[];
}

/**
 * Finds what a target means in a variable's own categories: the same text; the same but for case, spaces and punctuation;
 * two words for "not reported"; a number or range within a range (34 and 30-39 in `[30, 40)`); or ranges of the target
 * within one of the variable's, which are added up.
 * @throws {Error} when a range of the one crosses the edge of one of the other
 */
export function matchCategories(wanted: ReadonlyMap<string, number>, own: readonly string[]): MatchedCategories {
  const places = new Map([...wanted.keys()].map((label) => [label, [] as number[]]));
  const left: number[] = [];
  for (const [place, category] of own.entries()) {
    const label = findText(category, [...wanted.keys()]);
    if (label === undefined) left.push(place);
    else places.get(label)!.push(place);
  }
  const ranges = rangesOf([...wanted.keys()]);
  const merged = new Map<number, string[]>();
  const unnamed = left.filter((place) => !placeRange(own[place]!, place, ranges, places, merged));
  const absorbed = new Set([...merged.values()].flat());
  const categories = [...places].filter(([label]) => !absorbed.has(label)).map(([label, found]) => ({ label, value: wanted.get(label)!, own: found }));
  const sums = [...merged].map(([place, labels]) => ({ label: own[place]!, value: labels.reduce((sum, label) => sum + wanted.get(label)!, 0), own: [place] }));
  return { categories: [...categories, ...sums], unnamed };
}

/** Lower case, with every run of spaces and punctuation as one space. */
export function looseKey(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

function findText(category: string, labels: readonly string[]): string | undefined {
  if (labels.includes(category)) return category;
  const loose = looseKey(category);
  const alike = loose === '' || parseInterval(category) !== null ? [] : labels.filter((label) => looseKey(label) === loose);
  if (alike.length > 0) return alike.length === 1 ? alike[0] : undefined;
  if (!isNotReported(category)) return undefined;
  const unknown = labels.filter(isNotReported);
  return unknown.length === 1 ? unknown[0] : undefined;
}

interface LabelRange extends Interval {
  label: string;
}

/** The ranges of a target, ascending; a last one that ends beyond any age, as `[85, 140)`, is as good as open. */
function rangesOf(labels: readonly string[]): LabelRange[] {
  const ranges = labels.flatMap((label) => {
    const interval = rangeOf(label);
    return interval === null ? [] : [{ label, ...interval }];
  });
  return ranges.sort((a, b) => a.low - b.low || a.high - b.high);
}

function rangeOf(label: string): Interval | null {
  // MIDRC's results close their last range: [85, 140]
  return parseInterval(label.replace(/\]$/, ')'));
}

/** Puts an own number or range where it belongs; false when the target does not reach it. */
function placeRange(category: string, place: number, ranges: readonly LabelRange[], places: Map<string, number[]>, merged: Map<number, string[]>): boolean {
  const number = /^-?\d+(\.\d+)?$/.test(category) ? Number(category) : null;
  if (number !== null) {
    const found = ranges.find(({ low, high }) => low <= number && number < high);
    if (found !== undefined) places.get(found.label)!.push(place);
    return found !== undefined;
  }
  const own = rangeOf(category);
  const touched = own === null ? [] : ranges.filter((range) => overlaps(own, range));
  if (own === null || touched.length === 0) return false;
  const [first] = touched;
  const last = ranges.at(-1)!;
  // `<18` is within 0-17 when nothing is below 0; `>=85` is within [85, 140)
  const within = first!.low <= Math.max(own.low, 0) && (own.high <= first!.high || (first === last && own.high === Infinity));
  if (touched.length === 1 && within) {
    places.get(first!.label)!.push(place);
    return true;
  }
  const crossing = touched.find(({ low, high }) => low < own.low || high > own.high);
  if (crossing !== undefined) throw new Error(`its bin ${category} crosses ${crossing.label}`);
  merged.set(place, touched.map(({ label }) => label));
  return true;
}

function overlaps(a: Interval, b: Interval): boolean {
  return a.low < b.high && b.low < a.high;
}
