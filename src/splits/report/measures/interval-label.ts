/** A range of numbers that a label names, from `low` on to, not including, `high`. */
export interface Interval {
  low: number;
  high: number;
}

const NUMBER = String.raw`(-?\d+(?:\.\d+)?)`;
const UNIT = String.raw`\s*(?:y|yr|yrs|year|years)?(?:\s+(?:old|of age))?`;
const PATTERNS: [RegExp, (low: number, high: number) => Interval][] = [
  [new RegExp(String.raw`^\[\s*${NUMBER}\s*,\s*${NUMBER}\s*\)$`), (low, high) => ({ low, high })],
  // whole numbers name their range by its last member: 18-49 ends before 50
  [new RegExp(`^${NUMBER}${UNIT}\\s*(?:-|–|to)\\s*${NUMBER}${UNIT}$`), (low, high) => ({ low, high: high + 1 })],
  [new RegExp(`^(?:<|under|below|less than)\\s*${NUMBER}${UNIT}$`), (high) => ({ low: -Infinity, high })],
  [new RegExp(`^(?:>=|≥)\\s*${NUMBER}${UNIT}$`), (low) => ({ low, high: Infinity })],
  [new RegExp(`^${NUMBER}\\s*\\+${UNIT}$`), (low) => ({ low, high: Infinity })],
  [new RegExp(`^${NUMBER}${UNIT}\\s*(?:and|or)\\s+(?:over|older|above|more)$`), (low) => ({ low, high: Infinity })],
  [new RegExp(`^${NUMBER}$`), (low) => ({ low, high: low + 1 })],
];

/**
 * Reads a label of a range: `<18`, `18-49`, `18 to 49 years`, `65+ years`, `>=65`, `85 and over`, `[18.5,50)`. Whole numbers
 * end their range inclusively, so that `0-17` and `18-49` meet at 18. Null for any other text.
 */
export function parseInterval(label: string): Interval | null {
  const text = label.trim().toLowerCase();
  if (text.length > 64) return null;
  for (const [pattern, make] of PATTERNS) {
    const match = pattern.exec(text);
    if (match === null) continue;
    const interval = make(Number(match[1]), Number(match[2]));
    return interval.low < interval.high ? interval : null;
  }
  return null;
}

/** Intervals that follow each other without gap or overlap, with their labels. */
export type Scale = readonly (Interval & { label: string })[];

/** Reads labels as one scale; null when a label is no range, or the ranges overlap or leave a gap. */
export function parseScale(labels: readonly string[]): Scale | null {
  const scale: (Interval & { label: string })[] = [];
  for (const label of labels) {
    const interval = parseInterval(label);
    if (interval === null) return null;
    scale.push({ ...interval, label });
  }
  scale.sort((a, b) => a.low - b.low);
  if (scale.length < 2 || scale.some(({ low }, at) => at > 0 && low !== scale[at - 1]!.high)) return null;
  return scale;
}

/** Where one range ends and the next begins, ascending: what two scales are compared by, since `<18` and `0-17` mean the same. */
export function innerEdges(scale: Scale): number[] {
  return scale.slice(1).map(({ low }) => low);
}
