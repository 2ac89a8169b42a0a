import { compareBytewise } from '../../fixity/order.js';
import type { Candidates, Mending, Read } from '../../model/mending.js';

/** Undefined: the cell is none of the rule's own. `left`: it is, but cannot be read, for this reason. */
export type Reading = Read | { left: string } | undefined;

/** One rule about single cells, ready to read. */
export interface CellRule {
  /** `<set>/<name>`. */
  id: string;
  /** Pure; its own results it reads as themselves, or not at all. */
  read(text: string): Reading;
  candidates: readonly Candidates[];
}

/** Reason that a cell is left when two rules read it in two ways, or one would read on what another made. */
export const CONTRADICTION = 'rules read it in different ways';

/**
 * Reads a cell by all rules of its column; their order does not matter. Null: it stays as it is. Rules do not work upon each
 * other's results: each reads the cell as it came, so mending twice is mending once.
 */
export function mendCell(rules: readonly CellRule[], text: string): Mending | null {
  const readings = rules.map((rule) => ({ rule: rule.id, reading: rule.read(text) })).sort((a, b) => compareBytewise(a.rule, b.rule));
  const reads = readings.flatMap(({ rule, reading }) => (reading !== undefined && 'to' in reading ? [{ rule, read: reading }] : []));
  const [first, ...others] = reads;
  if (first === undefined) return leftBy(readings);
  const { rule, read } = first;
  if (others.some((other) => other.read.to !== read.to || other.read.over !== read.over) || !isFinal(rules, read.to)) return { outcome: 'left', rule, reason: CONTRADICTION };
  return read.to === text ? null : { outcome: 'mended', rule, read };
}

function leftBy(readings: readonly { rule: string; reading: Reading }[]): Mending | null {
  for (const { rule, reading } of readings) if (reading !== undefined && 'left' in reading) return { outcome: 'left', rule, reason: reading.left };
  return null;
}

function isFinal(rules: readonly CellRule[], text: string | null): boolean {
  if (text === null) return true;
  return rules.every((rule) => {
    const reading = rule.read(text);
    return reading === undefined || 'left' in reading || reading.to === text;
  });
}
