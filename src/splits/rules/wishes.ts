import { byCodeUnit } from '../input/code-unit.js';
import type { BoundCase, SplitInput } from '../input/problem.js';
import type { GroupVerdict } from '../input/verdict.js';

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
  const facts = new CaseFacts(input);
  const [groups, cases] = [new ClassTable(facts), new ClassTable(facts)];
  for (const verdict of verdicts) {
    const { members, frozen, conflict } = verdict;
    const standing = conflict === null ? members : members.filter((id) => frozen.has(id));
    const indices = standing.map((id) => facts.indexOf.get(id)!);
    const own = standing.map((id) => rules.bindingsOf(id, frozen.get(id)));
    for (const [at, index] of indices.entries()) cases.add([index], own[at]!);
    if (conflict !== null) for (const [at, index] of indices.entries()) groups.add([index], own[at]!);
    else groups.add(indices, rules.bindingsOfGroup(own, verdict));
  }
  return { input, rules: rules.list(), groups: groups.list(), cases: cases.list() };
}

const NONE: readonly number[] = [];

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

  bindingsOf(id: string, frozenPart: string | undefined): readonly number[] {
    const rules = this.bound.get(id) ?? NONE;
    return frozenPart === undefined ? rules : [...rules, this.numberOf('frozen', frozenPart, '')];
  }

  /** A group is bound by what binds its members, or by frozen cases that are accepted no more. */
  bindingsOfGroup(members: readonly (readonly number[])[], { part }: GroupVerdict): readonly number[] {
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
  /** Classes of single cases that nothing binds, by signature and size: nearly all cases of a large collection. */
  private readonly singles = new Map<number, MovingClass>();

  constructor(private readonly facts: CaseFacts) {}

  /** Adds one thing that moves: some cases, by index. */
  add(members: readonly number[], bindings: readonly number[]): void {
    const [first] = members;
    if (first === undefined) return;
    if (members.length === 1 && bindings.length === 0) {
      const key = this.facts.signatureOf[first]! * 4294967296 + this.facts.weightOf(first);
      const known = this.singles.get(key);
      if (known === undefined) this.singles.set(key, this.addClass(members, bindings));
      else count(known, known.least);
    } else this.addClass(members, bindings);
  }

  list(): MovingClass[] {
    return [...this.classes.entries()].sort(([a], [b]) => byCodeUnit(a, b)).map(([, one]) => one);
  }

  private addClass(members: readonly number[], bindings: readonly number[]): MovingClass {
    let size = 0;
    const counts = new Map<number, number>();
    for (const index of members) {
      size += this.facts.weightOf(index);
      for (const limit of this.facts.limitsOf(index)) counts.set(limit, (counts.get(limit) ?? 0) + 1);
    }
    const inOrder = [...counts].sort(([a], [b]) => a - b);
    const sorted = bindings.toSorted((a, b) => a - b);
    const key = `${members.length} ${size} ${sorted.join()} ${inOrder.join(';')}`;
    let known = this.classes.get(key);
    if (known === undefined) this.classes.set(key, (known = { count: 0, cases: members.length, least: size, most: size, total: 0, counts: inOrder, bindings: sorted }));
    count(known, size);
    return known;
  }
}

function count(one: MovingClass, size: number): void {
  one.count++;
  one.total += size;
}

/** What every case counts in: its weight in the shares, and the limits as a signature that cases share. */
class CaseFacts {
  readonly indexOf: ReadonlyMap<string, number>;
  readonly signatureOf: Uint32Array;
  private readonly signatures: (readonly number[])[] = [[]];

  constructor(private readonly input: SplitInput) {
    this.indexOf = new Map(input.cases.map((id, index) => [id, index]));
    this.signatureOf = new Uint32Array(input.cases.length);
    const known = new Map<number, number>();
    for (const [limit, { cases }] of input.limits.entries()) {
      for (const index of cases) {
        const before = this.signatureOf[index]!;
        const key = before * input.limits.length + limit;
        let after = known.get(key);
        if (after === undefined) known.set(key, (after = this.signatures.push([...this.signatures[before]!, limit]) - 1));
        this.signatureOf[index] = after;
      }
    }
  }

  limitsOf(index: number): readonly number[] {
    return this.signatures[this.signatureOf[index]!]!;
  }

  weightOf(index: number): number {
    return weightOf(this.input, index);
  }
}

/** What a case counts in the shares. */
export function weightOf({ unit, studyStart, images }: SplitInput, index: number): number {
  if (unit === 'studies') return studyStart[index + 1]! - studyStart[index]!;
  return unit === 'images' ? images[index]! : 1;
}
