import { LEVEL_WEIGHTS, type Block, type CodeList } from './blocks.js';
import { CodeSlots } from './code-slots.js';
import { maximum, type Profiles } from './profiles.js';

/** Every count that should be in proportion ("cell"), and per profile the cells that a group of it adds to and by how much. */
export interface Cells {
  count: number;
  /** Entries of profile p: `start[p]` up to, not including, `start[p + 1]` of `cell` and `weight`; cells ascend. */
  start: Float64Array;
  cell: Uint32Array;
  weight: Uint16Array | Uint32Array;
  /** C_f: cases (studies, images) of every cell over all groups, fixed ones included. */
  total: Float64Array;
  /** Weight of every cell in the objective. */
  importance: Float64Array;
  /** Cell of what the shares count; it comes first. */
  sizeCell: 0;
  /** Cells below this are counts without looking at values, and categories of single variables. */
  margins: number;
}

/**
 * Lists the cells that a free group can still change. A cell met by one group only is left out: wherever that group goes,
 * the cell adds the same but for noise.
 */
export function buildCells(profiles: Profiles, blocks: readonly Block[]): Cells {
  const plain = plainCounts(profiles);
  const lengths = new Uint32Array(profiles.count).fill(plain.length);
  const tables: CellTable[] = [];
  let count = plain.length;
  let margins = count;
  for (const block of blocks) {
    const table = numberCells(profiles, block, count, lengths);
    tables.push(table);
    count += table.live;
    if (block.level === 'variable') margins = count;
  }
  const cells = { ...allocateCells(profiles, count, lengths, plain), margins };
  const end = cells.start.slice(0, profiles.count);
  plain.forEach((weights, cell) => fillPlain(cells, end, cell, weights));
  blocks.forEach((block, index) => fillBlock(cells, end, profiles, block, tables[index]!));
  setTotals(cells, end, profiles);
  setImportance(cells, plain.length, blocks, tables);
  return closeGaps(cells, end);
}

/** What is counted without looking at values: what the shares count, then cases and studies where these differ from it. */
function plainCounts({ cases, rows, units }: Profiles): Uint32Array[] {
  const differs = (counts: Uint32Array) => counts !== units && counts.some((each, profile) => each > 0 && each !== units[profile]);
  return [units, ...[cases, rows].filter(differs)];
}

/** Which codes of a block are cells, and their numbers. */
interface CellTable {
  first: number;
  live: number;
  /** Number + 1 of the cell of every slot; 0 for none. */
  numbers: Uint32Array;
  slots: CodeSlots;
}

/** Numbers the live codes of one block, ascending, from `first`; adds what each profile holds of any code to `lengths`. */
function numberCells(profiles: Profiles, block: Block, first: number, lengths: Uint32Array): CellTable {
  const slots = new CodeSlots(block.codes);
  const list: CodeList = { codes: [], weights: [], length: 0 };
  let meetings = new Uint8Array(slots.dense ? block.codes : 1024);
  for (let profile = 0; profile < profiles.count; profile++) {
    collectProfile(profiles, profile, block, list);
    lengths[profile] = lengths[profile]! + list.length;
    const meeting = profiles.total[profile]! > 1 ? SEVERAL : ONE;
    const free = profiles.free[profile]! > 0 ? FREE : 0;
    for (let at = 0; at < list.length; at++) {
      const slot = slots.add(list.codes[at]!);
      if (slot >= meetings.length) meetings = grown(meetings);
      const before = meetings[slot]!;
      meetings[slot] = before | free | ((before & ONE) > 0 ? SEVERAL : meeting);
    }
  }
  const numbers = new Uint32Array(meetings.length);
  let live = 0;
  slots.forEachAscending((slot) => {
    if ((meetings[slot]! & FREE) > 0 && (meetings[slot]! & SEVERAL) === SEVERAL) numbers[slot] = first + ++live;
  });
  return { first, live, numbers, slots };
}

/** What a code was met by so far, as bits: a group, at least two groups, a free one. */
const ONE = 1;
const SEVERAL = 3;
const FREE = 4;

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

function allocateCells(profiles: Profiles, count: number, lengths: Uint32Array, plain: Uint32Array[]): Omit<Cells, 'margins'> {
  const start = new Float64Array(profiles.count + 1);
  for (let profile = 0; profile < profiles.count; profile++) start[profile + 1] = start[profile]! + lengths[profile]!;
  const entries = start[profiles.count]!;
  const largest = Math.max(maximum(profiles.cases), maximum(profiles.rows), ...plain.map(maximum));
  return {
    count,
    start,
    cell: new Uint32Array(entries),
    weight: largest > 65535 ? new Uint32Array(entries) : new Uint16Array(entries),
    total: new Float64Array(count),
    importance: new Float64Array(count),
    sizeCell: 0,
  };
}

function fillPlain(cells: Cells, end: Float64Array, cell: number, weights: Uint32Array): void {
  for (let profile = 0; profile < weights.length; profile++) addEntry(cells, end, profile, cell, weights[profile]!);
}

function fillBlock(cells: Cells, end: Float64Array, profiles: Profiles, block: Block, { numbers, slots }: CellTable): void {
  const list: CodeList = { codes: [], weights: [], length: 0 };
  for (let profile = 0; profile < profiles.count; profile++) {
    collectProfile(profiles, profile, block, list);
    for (let at = 0; at < list.length; at++) {
      const number = numbers[slots.get(list.codes[at]!)]!;
      if (number > 0) addEntry(cells, end, profile, number - 1, list.weights[at]!);
    }
  }
}

function addEntry({ cell, weight }: Cells, end: Float64Array, profile: number, number: number, value: number): void {
  const at = end[profile]!;
  cell[at] = number;
  weight[at] = value;
  end[profile] = at + 1;
}

function setTotals({ start, cell, weight, total }: Cells, end: Float64Array, profiles: Profiles): void {
  for (let profile = 0; profile < profiles.count; profile++)
    for (let at = start[profile]!; at < end[profile]!; at++) total[cell[at]!] = total[cell[at]!]! + weight[at]! * profiles.total[profile]!;
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
