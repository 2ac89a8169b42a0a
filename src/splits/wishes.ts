import { byCodeUnit } from './code-unit.js';
import type { BoundCase, SplitInput } from './problem.js';
import type { GroupVerdict } from './verdict.js';

/** A rule that a draw has to meet, as people know it. */
export interface WishRule {
  kind: 'share' | 'limit' | 'hold-out' | 'assign' | 'frozen' | 'linked';
  /** Index of the part it is about; -1 for none. */
  part: number;
  /** How it reads. */
  text: string;
  /** Index of the limit; -1 for none. */
  limit: number;
}

/** Things that move as one and count alike: so many groups, or so many cases when linked cases may be parted. */
export interface MovingClass {
  count: number;
  /** Cases of each. */
  cases: number;
  /** What each counts in the shares: cases, studies or images; a range where several classes were made one. */
  least: number;
  most: number;
  /** What all of them count together. */
  total: number;
  /** Pairs of a limit and how many cases of each count in it, by limit. */
  counts: readonly (readonly [limit: number, cases: number])[];
  /** Rules that bind it to a part. */
  bindings: readonly number[];
}

/** All that decides whether a draw can meet its rules. */
export interface Wishes {
  input: SplitInput;
  rules: WishRule[];
  /** With linked cases together. */
  groups: MovingClass[];
  /** With every case by itself. */
  cases: MovingClass[];
}

/** Gathers the rules of a draw, and what moves under them. Groups that are torn count with their frozen cases only. */
export function gatherWishes(input: SplitInput, verdicts: readonly GroupVerdict[]): Wishes {
  const rules = new RuleBook(input);
  const [groups, cases] = [new ClassTable(input), new ClassTable(input)];
  for (const verdict of verdicts) {
    const standing = verdict.conflict === null ? verdict.members : verdict.members.filter((id) => verdict.frozen.has(id));
    const own = new Map(standing.map((id) => [id, rules.bindingsOf(id, verdict.frozen.get(id))]));
    for (const [id, bindings] of own) cases.add([id], bindings);
    if (verdict.conflict !== null) for (const [id, bindings] of own) groups.add([id], bindings);
    else groups.add(standing, rules.bindingsOfGroup([...own.values()], verdict));
  }
  return { input, rules: rules.list(), groups: groups.list(), cases: cases.list() };
}

/** Numbers the rules: shares, limits, what binds cases, and that linked cases stay together. */
class RuleBook {
  private readonly rules: WishRule[] = [];
  private readonly numbers = new Map<string, number>();
  private readonly bound = new Map<string, number[]>();
  private readonly partOf: ReadonlyMap<string, number>;

  constructor({ parts, limits, holdOuts, forced, frozen }: SplitInput) {
    this.partOf = new Map(parts.map(({ name }, index) => [name, index]));
    for (const [part, { name, target }] of parts.entries()) this.rules.push({ kind: 'share', part, limit: -1, text: `parts.${name}: ${Number(target.toFixed(6))}` });
    for (const [limit, { rule, part }] of limits.entries()) this.rules.push({ kind: 'limit', part: this.partOf.get(part) ?? -1, limit, text: rule });
    this.rules.push({ kind: 'linked', part: -1, limit: -1, text: 'linked cases stay together' });
    const inOrder = (rows: readonly BoundCase[]) => [...rows].sort((a, b) => byCodeUnit(a.part, b.part) || byCodeUnit(a.rule ?? '', b.rule ?? ''));
    for (const { case_id, part, rule } of inOrder(holdOuts)) this.bind(case_id, 'hold-out', part, rule ?? `hold_out.${part}`);
    for (const { case_id, part, rule } of inOrder(forced)) this.bind(case_id, 'assign', part, rule ?? 'assign');
    for (const part of [...new Set(frozen.map((row) => row.part))].sort(byCodeUnit)) this.numberOf('frozen', part, `the record holds cases frozen in ${part}`);
  }

  bindingsOf(id: string, frozenPart: string | undefined): number[] {
    const rules = this.bound.get(id) ?? [];
    return frozenPart === undefined ? rules : [...rules, this.numberOf('frozen', frozenPart, '')];
  }

  /** A group is bound by what binds its members, or by frozen cases that are accepted no more. */
  bindingsOfGroup(members: readonly number[][], { part }: GroupVerdict): number[] {
    const rules = members.length === 1 ? members[0]! : [...new Set(members.flat())];
    return rules.length === 0 && part !== null ? [this.numberOf('frozen', part, '')] : rules;
  }

  list(): WishRule[] {
    return this.rules;
  }

  private bind(id: string, kind: WishRule['kind'], part: string, text: string): void {
    const number = this.numberOf(kind, part, text);
    const known = this.bound.get(id);
    if (known === undefined) this.bound.set(id, [number]);
    else if (!known.includes(number)) known.push(number);
  }

  private numberOf(kind: WishRule['kind'], part: string, text: string): number {
    const key = JSON.stringify(kind === 'frozen' ? [kind, part] : [kind, part, text]);
    let number = this.numbers.get(key);
    if (number === undefined) this.numbers.set(key, (number = this.rules.push({ kind, part: this.partOf.get(part) ?? -1, limit: -1, text }) - 1));
    return number;
  }
}

/** Counts what moves alike. */
class ClassTable {
  private readonly classes = new Map<string, MovingClass>();
  private readonly indexOf: ReadonlyMap<string, number>;
  private readonly limitsOf: ReadonlyMap<number, number[]>;

  constructor(private readonly input: SplitInput) {
    this.indexOf = new Map(input.cases.map((id, index) => [id, index]));
    this.limitsOf = limitsByCase(input);
  }

  add(members: readonly string[], bindings: readonly number[]): void {
    if (members.length === 0) return;
    let size = 0;
    const counts = new Map<number, number>();
    for (const id of members) {
      const index = this.indexOf.get(id)!;
      size += weightOf(this.input, index);
      for (const limit of this.limitsOf.get(index) ?? []) counts.set(limit, (counts.get(limit) ?? 0) + 1);
    }
    const inOrder = [...counts].sort(([a], [b]) => a - b);
    const sorted = bindings.toSorted((a, b) => a - b);
    const key = `${members.length} ${size} ${sorted.join()} ${inOrder.join(';')}`;
    const known = this.classes.get(key);
    if (known === undefined) this.classes.set(key, { count: 1, cases: members.length, least: size, most: size, total: size, counts: inOrder, bindings: sorted });
    else {
      known.count++;
      known.total += size;
    }
  }

  list(): MovingClass[] {
    return [...this.classes.entries()].sort(([a], [b]) => byCodeUnit(a, b)).map(([, one]) => one);
  }
}

/** What a case counts in the shares. */
export function weightOf({ unit, studyStart, images }: SplitInput, index: number): number {
  if (unit === 'studies') return studyStart[index + 1]! - studyStart[index]!;
  return unit === 'images' ? images[index]! : 1;
}

/** The limits that every case counts in; a case in none is left out. */
function limitsByCase({ limits }: SplitInput): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [limit, { cases }] of limits.entries()) {
    for (const index of cases) {
      const known = found.get(index);
      if (known === undefined) found.set(index, [limit]);
      else known.push(limit);
    }
  }
  return found;
}
