import type { IntegerProgram, ProgramRow } from '../search/integer-program.js';
import type { MovingClass, Wishes, WishRule } from './wishes.js';

/** A group of fewer cases (studies, images) than this is never too large for a part. */
const SMALL_GROUP = 10;

/** Forced cases may take a part beyond its share by so much of the whole, and the others then share the rest; more contradicts the share. */
const FORCED_EXCESS = 0.05;

/** More columns than this are too many to be solved again and again; classes that differ by size only are then made one. */
const MAX_COLUMNS = 6_000;

/** A limit whose count is made as large or as small as it can be. */
export interface Goal {
  limit: number;
  direction: 'most' | 'least';
}

/** The program, and what the goal counts before any column is chosen. */
export interface WishProgram {
  program: IntegerProgram;
  constant: number;
  bounds: PartBounds[];
}

/** What a part may hold, both ends included, and what its share comes to. */
export interface PartBounds {
  low: number;
  high: number;
  ideal: number;
}

/**
 * The rules with the given numbers as an integer program: one column for every class and part, how many of the class go
 * there. A contradiction needs no solving: two rules bind one group to different parts, or what is bound breaks a rule already.
 * `too-large`: there are too many classes to tell.
 */
export function buildWishProgram(wishes: Wishes, chosen: readonly number[], goal?: Goal): WishProgram | 'contradiction' | 'too-large' {
  const builder = new ProgramBuilder(wishes, chosen, goal);
  const linked = builder.active.some(({ kind }) => kind === 'linked');
  const classes = (linked ? wishes.groups : wishes.cases).map((one) => ({ one, ...builder.bind(one) }));
  if (classes.some(({ torn }) => torn)) return 'contradiction';
  const { parts } = wishes.input;
  const free = classes.filter(({ part }) => part < 0).map(({ one }) => one);
  const moving = free.length * parts.length <= MAX_COLUMNS ? free : mergeSizes(free);
  if (moving.length * parts.length > MAX_COLUMNS) return 'too-large';
  for (const { one, part, counted } of classes) if (part >= 0) builder.fix(one, part, counted);
  for (const one of moving) builder.move(one);
  return builder.finish(moving);
}

/** Puts classes together that differ by size only: what is then allowed is more, never less. */
function mergeSizes(classes: readonly MovingClass[]): MovingClass[] {
  const merged = new Map<string, MovingClass>();
  for (const one of classes) {
    const key = one.counts.join(';');
    const known = merged.get(key);
    merged.set(
      key,
      known === undefined
        ? { ...one }
        : { ...known, count: known.count + one.count, total: known.total + one.total, least: Math.min(known.least, one.least), most: Math.max(known.most, one.most), cases: Math.max(known.cases, one.cases) },
    );
  }
  return [...merged.values()];
}

class ProgramBuilder {
  readonly active: WishRule[];
  private readonly isActive: Uint8Array;
  private readonly columns: { cost: number; lower: number; upper: number; integer: boolean }[] = [];
  private readonly rows: ProgramRow[] = [];
  /** Of every part: what is there for certain, what could be, and of that what is frozen there. */
  private readonly fixed: number[];
  private readonly frozen: number[];
  private readonly sizeEntries: [number, number][][];
  private readonly limitFixed: number[];
  private readonly limitEntries: [number, number][][];
  /** Whether a rule is broken by what is bound, whatever the rest does. */
  private broken = false;

  constructor(
    private readonly wishes: Wishes,
    chosen: readonly number[],
    private readonly goal: Goal | undefined,
  ) {
    const { parts, limits } = wishes.input;
    this.active = chosen.map((number) => wishes.rules[number]!);
    this.isActive = new Uint8Array(wishes.rules.length);
    for (const number of chosen) this.isActive[number] = 1;
    [this.fixed, this.frozen] = [parts.map(() => 0), parts.map(() => 0)];
    this.sizeEntries = parts.map(() => []);
    this.limitFixed = limits.map(() => 0);
    this.limitEntries = limits.map(() => []);
  }

  /** The part that the chosen rules bind a class to (-1 for none), and whether it counts in the shares there. */
  bind({ bindings }: MovingClass): { part: number; counted: boolean; frozen: boolean; torn: boolean } {
    const rules = bindings.filter((number) => this.isActive[number] === 1).map((number) => this.wishes.rules[number]!);
    const part = rules[0]?.part ?? -1;
    const counted = !rules.some(({ kind }) => kind === 'hold-out') && (part < 0 || this.targetOf(part) > 0);
    return { part, counted, frozen: rules.some(({ kind }) => kind === 'frozen'), torn: rules.some((rule) => rule.part !== part) };
  }

  fix(one: MovingClass, part: number, counted: boolean): void {
    if (counted) this.fixed[part] = this.fixed[part]! + one.total;
    if (counted && this.bind(one).frozen) this.frozen[part] = this.frozen[part]! + one.total;
    for (const [limit, cases] of one.counts) if (this.limitPart(limit) === part) this.limitFixed[limit] = this.limitFixed[limit]! + cases * one.count;
  }

  /** Columns of a class that may go anywhere but into a part without a share. */
  move(one: MovingClass): void {
    const own: [number, number][] = [];
    const sizes: [number, number][] = [];
    for (const part of this.wishes.input.parts.keys()) {
      if (this.targetOf(part) === 0 && this.active.some((rule) => rule.kind === 'share' && rule.part === part)) continue;
      const column = this.columns.push({ cost: 0, lower: 0, upper: one.count, integer: true }) - 1;
      own.push([column, 1]);
      for (const [limit, cases] of one.counts) if (this.limitPart(limit) === part) this.limitEntries[limit]!.push([column, cases]);
      if (one.least === one.most) this.sizeEntries[part]!.push([column, one.least]);
      else sizes.push([this.sizeColumn(one, column, part), 1]);
    }
    this.addRow(one.count, one.count, 0, own);
    if (sizes.length > 0) this.rows.push({ lower: one.total, upper: one.total, entries: sizes });
  }

  finish(moving: readonly MovingClass[]): WishProgram | 'contradiction' {
    const free = moving.reduce((sum, { total }) => sum + total, 0);
    const largest = moving.reduce((most, one) => Math.max(most, one.most), 1);
    const bounds = partBounds(this.wishes.input.parts.map(({ target }) => target), this.fixed, this.frozen, free, largest);
    for (const { kind, part, limit } of this.active) {
      if (kind === 'share' && this.targetOf(part) > 0) this.addRow(bounds[part]!.low, bounds[part]!.high, this.fixed[part]!, this.sizeEntries[part]!);
      if (kind === 'limit') this.addRow(this.wishes.input.limits[limit]!.min, this.wishes.input.limits[limit]!.max, this.limitFixed[limit]!, this.limitEntries[limit]!);
    }
    if (this.goal !== undefined) for (const [column, cases] of this.limitEntries[this.goal.limit]!) this.columns[column]!.cost = this.goal.direction === 'most' ? -cases : cases;
    if (this.broken) return 'contradiction';
    return { program: { columns: this.columns, rows: this.rows }, constant: this.goal === undefined ? 0 : this.limitFixed[this.goal.limit]!, bounds };
  }

  /** How much of a class of mixed sizes goes to a part: between so many of its least and so many of its largest. */
  private sizeColumn(one: MovingClass, count: number, part: number): number {
    const size = this.columns.push({ cost: 0, lower: 0, upper: one.total, integer: false }) - 1;
    this.rows.push({ lower: 0, upper: Infinity, entries: [[count, -one.least], [size, 1]] });
    this.rows.push({ lower: 0, upper: Infinity, entries: [[count, one.most], [size, -1]] });
    this.sizeEntries[part]!.push([size, 1]);
    return size;
  }

  private addRow(low: number, high: number, fixed: number, entries: [number, number][]): void {
    const needed = entries.filter(([, coefficient]) => coefficient !== 0);
    if (needed.length > 0) this.rows.push({ lower: low - fixed, upper: high - fixed, entries: needed });
    else if (low > fixed || high < fixed) this.broken = true;
  }

  private targetOf(part: number): number {
    return this.wishes.input.parts[part]!.target;
  }

  private limitPart(limit: number): number {
    const { part } = this.wishes.input.limits[limit]!;
    return this.wishes.input.parts.findIndex(({ name }) => name === part);
  }
}

/**
 * How much every part may hold, both ends included. A part ends within less than one group of its share, the largest group
 * that may move, and by less than the largest share itself. What is frozen above a share stays, as what is forced a little above
 * it does, and the others share the rest.
 * @param fixed what is bound to every part, `frozen` included
 */
export function partBounds(targets: readonly number[], fixed: readonly number[], frozen: readonly number[], free: number, largest: number): PartBounds[] {
  const all = fixed.reduce((sum, size) => sum + size, 0) + free;
  const held = fixed.map((size, part) => (size - targets[part]! * all <= FORCED_EXCESS * all ? size : frozen[part]!));
  const ideal = shareOut(targets, held, all);
  const most = targets.reduce((high, target) => Math.max(high, target), 0) * all;
  const unit = Math.max(1, Math.min(largest, Math.max(SMALL_GROUP, most)));
  return ideal.map((size) => ({ ideal: size, low: Math.max(0, Math.floor(size - unit + 1e-9) + 1), high: Math.ceil(size + unit - 1e-9) - 1 }));
}

/** Shares of a whole where no part gets less than it holds already: those above their share keep it, the rest is shared. */
function shareOut(targets: readonly number[], held: readonly number[], all: number): number[] {
  const full = new Set<number>();
  for (;;) {
    const rest = all - [...full].reduce((sum, part) => sum + held[part]!, 0);
    const open = targets.reduce((sum, target, part) => sum + (full.has(part) ? 0 : target), 0);
    const sizes = targets.map((target, part) => (full.has(part) ? held[part]! : open > 0 ? (rest * target) / open : 0));
    const above = [...sizes.keys()].filter((part) => !full.has(part) && targets[part]! > 0 && held[part]! > sizes[part]! + 1e-9);
    if (above.length === 0) return sizes;
    for (const part of above) full.add(part);
  }
}
