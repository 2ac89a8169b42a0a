import { countBounds, type CohortTable } from './problem.js';
import { countTaken } from './program.js';
import { keyedRandom, type Random } from '../search/random.js';

/** Exchanges that are tried before a size is given up. */
const MAX_STEPS = 100;
/** Strata on each side of an exchange that are held against each other exactly. */
const CANDIDATES = 12;
/** Exchanges for which a stratum that has moved is left alone. */
const TENURE = 8;

/**
 * Rounds a wish for every stratum to whole groups by systematic sampling, so that every group has the chance that was wished
 * for, then exchanges groups until all measures are as wanted. Where no exchange helps, the measures that are broken gain weight
 * (breakout; Morris 1993, AAAI-93, 40), and what has moved rests for a while.
 * @param wished groups of every stratum, not whole
 * @param size cases that the sample must have; null when it may miss the wish by less than the largest group
 * @returns groups taken of every stratum; null when none was found
 */
export function searchCohort(table: CohortTable, wished: Float64Array, size: number | null): Float64Array | null {
  const random = keyedRandom(table.key, 'cohort search');
  const state = new SearchState(table, roundWish(table, wished, random), size);
  for (let step = 0; step < MAX_STEPS; step++) {
    if (state.isAsWanted()) return state.taken;
    if (!state.exchange(step, random)) return null;
  }
  return null;
}

function roundWish({ strata }: CohortTable, wished: Float64Array, random: Random): Float64Array {
  let sum = random.unit();
  return Float64Array.from(strata, ({ ids }, at) => {
    const before = Math.floor(sum);
    sum += wished[at]!;
    return Math.min(ids.length, Math.floor(sum) - before);
  });
}

class SearchState {
  private readonly counts: Float64Array;
  private cases: number;
  private readonly aim: number;
  private readonly slack: number;
  /** Step until which a stratum rests. */
  private readonly rests: Int32Array;
  /** By measure, and last of the size. */
  private readonly weights: Float64Array;

  constructor(
    private readonly table: CohortTable,
    readonly taken: Float64Array,
    size: number | null,
  ) {
    const totals = countTaken(table, taken);
    this.counts = totals.counts.map((count, at) => count + table.fixed.counts[at]!);
    this.cases = totals.cases + table.fixed.cases;
    this.aim = size ?? this.cases;
    this.slack = size === null ? table.strata.reduce((most, { cases }) => Math.max(most, cases), 1) - 1 : 0;
    this.rests = new Int32Array(table.strata.length);
    this.weights = new Float64Array(table.measures.length + 1).fill(1);
  }

  /** Whether all measures and the size are as wanted. */
  isAsWanted(): boolean {
    return this.sizeGap() === 0 && this.table.measures.every((_, at) => this.gap(at) === 0);
  }

  private sizeGap(): number {
    return Math.max(0, Math.abs(this.cases - this.aim) - this.slack);
  }

  /** Cases that a measure is short of (below 0) or has too many (above 0). */
  private gap(measure: number): number {
    const { low, high } = countBounds(this.table.measures[measure]!, this.cases);
    const count = this.counts[measure]!;
    return count < low - 1e-9 ? count - low : count > high + 1e-9 ? count - high : 0;
  }

  private penalty(): number {
    let sum = this.weights.at(-1)! * this.sizeGap();
    for (let at = 0; at < this.counts.length; at++) sum += this.weights[at]! * Math.abs(this.gap(at));
    return sum;
  }

  /** Makes the best of the likely exchanges, for the worse too; false when there is none. */
  exchange(step: number, random: Random): boolean {
    const before = this.penalty();
    const pull = this.pulls();
    const removable = this.bestStrata(pull, step, random, (at) => this.taken[at]! > 0, 1);
    const addable = this.bestStrata(pull, step, random, (at) => this.taken[at]! < this.table.strata[at]!.ids.length, -1);
    let best: { from: number; to: number; penalty: number } | null = null;
    for (const from of [-1, ...removable]) {
      for (const to of [-1, ...addable]) {
        if (from === to) continue;
        this.move(from, to);
        const penalty = this.penalty();
        if (best === null || penalty < best.penalty) best = { from, to, penalty };
        this.move(to, from);
      }
    }
    if (best === null) return false;
    if (best.penalty >= before) this.addWeight();
    this.move(best.from, best.to);
    for (const at of [best.from, best.to]) if (at >= 0) this.rests[at] = step + TENURE;
    return true;
  }

  private addWeight(): void {
    for (let at = 0; at < this.counts.length; at++) if (this.gap(at) !== 0) this.weights[at] = this.weights[at]! + 1;
    if (this.sizeGap() > 0) this.weights[this.counts.length] = this.weights[this.counts.length]! + 1;
  }

  /** By measure: below 0 when more cases are needed, above 0 when there are too many, a little when it is near a bound. */
  private pulls(): Float64Array {
    return Float64Array.from(this.table.measures, (measure, at) => {
      const gap = this.gap(at);
      if (gap !== 0) return Math.sign(gap) * this.weights[at]!;
      const { low, high } = countBounds(measure, this.cases);
      const count = this.counts[at]!;
      return (count - 1 < low ? -0.5 : count + 1 > high ? 0.5 : 0) * this.weights[at]!;
    });
  }

  /** The strata whose groups are most wanted out (sign 1) or in (sign -1); equals at random. */
  private bestStrata(pull: Float64Array, step: number, random: Random, possible: (at: number) => boolean, sign: 1 | -1): number[] {
    const best: { at: number; score: number }[] = [];
    for (const [at, { counts }] of this.table.strata.entries()) {
      if (!possible(at) || this.rests[at]! > step) continue;
      let score = random.unit() * 0.01;
      for (const [measure, count] of counts) score += sign * count * pull[measure]!;
      if (best.length === CANDIDATES && score <= best[CANDIDATES - 1]!.score) continue;
      if (best.length === CANDIDATES) best.pop();
      const place = best.findIndex((other) => other.score < score);
      best.splice(place < 0 ? best.length : place, 0, { at, score });
    }
    return best.map(({ at }) => at);
  }

  /** Takes a group of one stratum out and one of another in; -1 for none. */
  private move(from: number, to: number): void {
    if (from >= 0) this.add(from, -1);
    if (to >= 0) this.add(to, 1);
  }

  private add(at: number, groups: number): void {
    const { cases, counts } = this.table.strata[at]!;
    this.taken[at] = this.taken[at]! + groups;
    this.cases += groups * cases;
    for (const [measure, count] of counts) this.counts[measure] = this.counts[measure]! + groups * count;
  }
}
