import { LEVEL_WEIGHTS, type Block, type CodeList, type HeldCases } from './blocks.js';
import { CodeSlots } from './code-slots.js';
import type { PartCounts } from './part-counts.js';
import { maximum, type Profiles } from './profiles.js';

/** Every count that should be in proportion ("cell"), and per profile the cells that a group of it adds to and by how much. */
export interface Cells {
  count: number;
  /** Entries of profile p: `start[p]` up to, not including, `start[p + 1]` of `cell` and `weight`; cells ascend. */
  start: Float64Array;
  cell: Uint32Array;
  weight: Uint16Array | Uint32Array;
  /** Of every cell, what is bound to every part: `held[cell * parts + part]` cases (studies, images). */
  held: Float64Array;
  /** C_f: cases (studies, images) of every cell, bound ones included. */
  total: Float64Array;
  /** Weight of every cell in the objective. */
  importance: Float64Array;
  /** Cell of what the shares count; it comes first. */
  sizeCell: 0;
  /** Cells from here on are about several variables at once. */
  jointFrom: number;
  /** The cells of every block, in order; those before the first are plain counts. */
  blocks: readonly CellBlock[];
}

/** The cells of one block: from `first` up to, not including, `first + live`. */
export interface CellBlock {
  first: number;
  live: number;
  level: Block['level'];
}

/** A count without regard to values: what a group of every profile holds, and what a case holds. */
export interface PlainCount {
  ofProfile: Uint32Array;
  ofCase: (index: number) => number;
}

/**
 * Lists the cells that a group can still change. A cell met by one group only is left out: wherever that group goes, the
 * cell adds the same but for noise. Categories of a variable that one group has are counted together, in one cell: else
 * those groups would go wherever there is room, and so to a part far more often than its target says.
 * @param plain What the shares count comes first.
 */
export function buildCells(profiles: Profiles, plain: readonly PlainCount[], blocks: readonly Block[], bound: HeldCases): Cells {
  const counts = plain.filter(({ ofProfile }, at) => at === 0 || differs(ofProfile, plain[0]!.ofProfile));
  const lengths = new Uint32Array(profiles.count).fill(counts.length);
  const tables: CellTable[] = [];
  let count = counts.length;
  for (const block of blocks) {
    const table = numberCells(profiles, block, count, lengths, bound.some ? block.countHeld(bound) : null);
    tables.push(table);
    count += table.live;
  }
  const cells = allocateCells(profiles, count, lengths, counts, bound);
  const end = cells.start.slice(0, profiles.count);
  counts.forEach(({ ofProfile }, cell) => fillPlain(cells, end, cell, ofProfile));
  blocks.forEach((block, index) => fillBlock(cells, end, profiles, block, tables[index]!));
  counts.forEach(({ ofCase }, cell) => holdPlain(cells, cell, ofCase, bound));
  for (const table of tables) holdBlock(cells, table, bound);
  setTotals(cells, end, profiles, bound.parts);
  setImportance(cells, counts.length, blocks, tables);
  cells.jointFrom = tables.find(({ level }) => level !== 'variable')?.first ?? count;
  cells.blocks = tables.map(({ first, live, level }) => ({ first, live, level }));
  return closeGaps(cells, end);
}

/** A count that is nothing but 0, or nothing but another one, adds nothing. */
function differs(counts: Uint32Array, from: Uint32Array): boolean {
  return counts !== from && counts.some((each, profile) => each > 0 && each !== from[profile]);
}

/** Which codes of a block are cells, and their numbers. */
interface CellTable extends CellBlock {
  /** Number + 1 of the cell of every slot; 0 for none. */
  numbers: Uint32Array;
  /** Cell of the codes that one group has, the last of the block; -1 for none. */
  pooled: number;
  slots: CodeSlots;
  held: PartCounts | null;
}

/** Numbers the live codes of one block, ascending, from `first`; adds what each profile holds of any code to `lengths`. */
function numberCells(profiles: Profiles, block: Block, first: number, lengths: Uint32Array, held: PartCounts | null): CellTable {
  const slots = new CodeSlots(block.codes);
  const list: CodeList = { codes: [], weights: [], length: 0 };
  let meetings = new Uint8Array(slots.dense ? block.codes : 1024);
  for (let profile = 0; profile < profiles.count; profile++) {
    collectProfile(profiles, profile, block, list);
    lengths[profile] = lengths[profile]! + list.length;
    const meeting = profiles.free[profile]! > 1 ? SEVERAL : ONE;
    for (let at = 0; at < list.length; at++) {
      const slot = slots.add(list.codes[at]!);
      if (slot >= meetings.length) meetings = grown(meetings);
      meetings[slot] = meetings[slot] === 0 ? meeting : SEVERAL;
    }
  }
  held?.forEach((code) => {
    const slot = slots.find(code);
    if (slot !== undefined && meetings[slot] === ONE) meetings[slot] = SEVERAL;
  });
  const numbers = new Uint32Array(meetings.length);
  let [live, alone] = [0, 0];
  slots.forEachAscending((slot) => {
    if (meetings[slot] === SEVERAL) numbers[slot] = first + ++live;
    else if (meetings[slot] === ONE) alone++;
  });
  const pooled = block.level === 'variable' && alone > 1 ? first + live++ : -1;
  if (pooled >= 0) meetings.forEach((met, slot) => met === ONE && (numbers[slot] = pooled + 1));
  return { first, live, level: block.level, numbers, pooled, slots, held };
}

/** What a code was met by so far: one group, or one and another one that may be bound. */
const ONE = 1;
const SEVERAL = 2;

function grown(array: Uint8Array): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** The codes of all members of a profile's group, ascending, each once with its number of cases. */
function collectProfile({ groups: { memberStart, members }, example }: Profiles, profile: number, block: Block, list: CodeList): void {
  const group = example[profile]!;
  list.length = 0;
  for (let at = memberStart[group]!; at < memberStart[group + 1]!; at++) block.collect(members[at]!, list);
  if (list.length > 1) mergeEqual(list);
}

function mergeEqual(list: CodeList): void {
  const sorted = list.codes.slice(0, list.length).sort((a, b) => a - b);
  list.length = 0;
  for (const code of sorted) {
    if (list.length > 0 && list.codes[list.length - 1] === code) list.weights[list.length - 1]!++;
    else {
      list.codes[list.length] = code;
      list.weights[list.length++] = 1;
    }
  }
}

function allocateCells(profiles: Profiles, count: number, lengths: Uint32Array, plain: readonly PlainCount[], { parts }: HeldCases): Cells {
  const start = new Float64Array(profiles.count + 1);
  for (let profile = 0; profile < profiles.count; profile++) start[profile + 1] = start[profile]! + lengths[profile]!;
  const entries = start[profiles.count]!;
  const largest = Math.max(maximum(profiles.cases), maximum(profiles.rows), ...plain.map(({ ofProfile }) => maximum(ofProfile)));
  return {
    count,
    start,
    cell: new Uint32Array(entries),
    weight: largest > 65535 ? new Uint32Array(entries) : new Uint16Array(entries),
    held: new Float64Array(count * parts),
    total: new Float64Array(count),
    importance: new Float64Array(count),
    sizeCell: 0,
    jointFrom: count,
    blocks: [],
  };
}

function fillPlain(cells: Cells, end: Float64Array, cell: number, weights: Uint32Array): void {
  for (let profile = 0; profile < weights.length; profile++) addEntry(cells, end, profile, cell, weights[profile]!);
}

function fillBlock(cells: Cells, end: Float64Array, profiles: Profiles, block: Block, { numbers, slots, pooled }: CellTable): void {
  const list: CodeList = { codes: [], weights: [], length: 0 };
  for (let profile = 0; profile < profiles.count; profile++) {
    collectProfile(profiles, profile, block, list);
    let alone = 0;
    for (let at = 0; at < list.length; at++) {
      const cell = numbers[slots.get(list.codes[at]!)]! - 1;
      if (cell >= 0 && cell === pooled) alone += list.weights[at]!;
      else if (cell >= 0) addEntry(cells, end, profile, cell, list.weights[at]!);
    }
    if (alone > 0) addEntry(cells, end, profile, pooled, alone);
  }
}

function addEntry({ cell, weight }: Cells, end: Float64Array, profile: number, number: number, value: number): void {
  const at = end[profile]!;
  cell[at] = number;
  weight[at] = value;
  end[profile] = at + 1;
}

function holdPlain({ held }: Cells, cell: number, ofCase: (index: number) => number, { partOf, parts, some }: HeldCases): void {
  if (!some) return;
  for (let index = 0; index < partOf.length; index++) if (partOf[index]! >= 0) held[cell * parts + partOf[index]!]! += ofCase(index);
}

function holdBlock(cells: Cells, { slots, numbers, held }: CellTable, { parts }: HeldCases): void {
  held?.forEach((code, part, amount) => {
    const slot = slots.find(code);
    const number = slot === undefined ? 0 : numbers[slot]!;
    if (number > 0) cells.held[(number - 1) * parts + part] = amount;
  });
}

function setTotals({ start, cell, weight, total, held }: Cells, end: Float64Array, profiles: Profiles, parts: number): void {
  held.forEach((amount, at) => (total[Math.floor(at / parts)]! += amount));
  for (let profile = 0; profile < profiles.count; profile++)
    for (let at = start[profile]!; at < end[profile]!; at++) total[cell[at]!] = total[cell[at]!]! + weight[at]! * profiles.free[profile]!;
}

/** W_L x (weight of the block among the live blocks of its level) / (cells of the block). */
function setImportance(cells: Cells, plain: number, blocks: readonly Block[], tables: readonly CellTable[]): void {
  cells.importance.fill(LEVEL_WEIGHTS.rows, 0, plain);
  cells.importance[cells.sizeCell] = LEVEL_WEIGHTS.size;
  const levelSum = new Map<string, number>();
  blocks.forEach(({ level, weight }, index) => {
    if (tables[index]!.live > 0) levelSum.set(level, (levelSum.get(level) ?? 0) + weight);
  });
  blocks.forEach(({ level, weight }, index) => {
    const { first, live } = tables[index]!;
    const each = (LEVEL_WEIGHTS[level] * weight) / levelSum.get(level)! / live;
    cells.importance.fill(each, first, first + live);
  });
}

/** Moves the entries together: codes that turned out to be no cells have left gaps. */
function closeGaps(cells: Cells, end: Float64Array): Cells {
  const { start, cell, weight } = cells;
  let to = 0;
  for (let profile = 0; profile < end.length; profile++) {
    const [from, until] = [start[profile]!, end[profile]!];
    cell.copyWithin(to, from, until);
    weight.copyWithin(to, from, until);
    start[profile] = to;
    to += until - from;
  }
  start[end.length] = to;
  return cells;
}
