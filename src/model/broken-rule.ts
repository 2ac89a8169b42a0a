/** A rule of colophon.yaml that a value breaks. */
export interface BrokenRule {
  /** Where the value stands, e.g. `splits.benchmark.parts`. */
  key: string;
  expected: string;
  found: string;
  /** What to write instead, one sentence without its full stop; left out where `expected` says it all. */
  advice?: string;
}

/** The rule as one sentence without its full stop. */
export function describeBrokenRule({ key, expected, found, advice }: BrokenRule): string {
  return `${key}: expected ${expected}, found ${found}${advice === undefined ? '' : `; ${advice}`}`;
}

/** Longest text of a configuration that an error repeats, in UTF-16 code units. */
const MAX_SHOWN = 60;

/** How a value of a configuration reads in an error: one line, no control characters, shortened. */
export function showValue(value: unknown): string {
  if (typeof value === 'number') return Number.isNaN(value) ? 'a value that is not a number' : String(value);
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
