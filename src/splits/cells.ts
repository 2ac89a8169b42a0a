import { LEVEL_WEIGHTS, type Block, type CodeList, type GroupTable } from './blocks.js';

/** Every count that should be in proportion ("cell"), and per group the cells it adds to and by how much. */
export interface Cells {
  count: number;
  /** Entries of group g: `start[g]` up to, not including, `start[g + 1]` of `cell` and `weight`; cells ascend. */
  start: Float64Array;
  cell: Uint32Array;
  weight: Uint16Array | Uint32Array;
  /** C_f: cases (studies, in the rows cell) of every cell over all groups, frozen ones included. */
  total: Float64Array;
  /** Weight of every cell in the objective. */
  importance: Float64Array;
  /** Cell that counts cases; it comes first. */
  sizeCell: 0;
}

/** Above this many codes, and more than the groups can fill, a block's codes are kept in a map instead of an array. */
const DENSE_CODES_LIMIT = 4_194_304;

/**
 * Lists the cells that a free group can still change. A cell met by one group only is left out: wherever that group goes,
 * the cell adds the same but for noise.
 */
export function buildCells(groups: GroupTable, blocks: readonly Block[]): Cells {
  const withRows = groups.rows.some((rows, group) => rows !== groups.cases[group] && rows > 0);
  const plain = withRows ? [groups.cases, groups.rows] : [groups.cases];
  const lengths = new Float64Array(groups.count + 1).fill(plain.length, 0, groups.count);
  const tables: CellTable[] = [];
  let count = plain.length;
  for (const block of blocks) {
    const table = numberCells(groups, block, count, lengths);
    tables.push(table);
    count += table.live;
  }
  const cells = allocateCells(groups, count, lengths);
  const cursor = cells.start.slice();
  plain.forEach((weights, cell) => fillPlain(cells, cursor, cell, weights));
  blocks.forEach((block, index) => fillBlock(cells, cursor, groups, block, tables[index]!));
  setImportance(cells, plain.length, blocks, tables);
  return cells;
}

/** Which codes of a block are cells, and their numbers. */
interface CellTable {
  first: number;
  live: number;
  cellOf: (code: number) => number | undefined;
}

/** Numbers the live codes of one block, ascending, from `first`; adds what each group holds of them to `lengths`. */
function numberCells(groups: GroupTable, block: Block, first: number, lengths: Float64Array): CellTable {
  const slots = new CodeSlots(block.codes);
  const list: CodeList = { codes: [], weights: [], length: 0 };
  let meetings = new Uint32Array(slots.dense ? block.codes : 1024);
  for (let group = 0; group < groups.count; group++) {
    collectGroup(groups, group, block, list);
    const meeting = groups.fixed[group]! < 0 ? FREE_MEETING : FIXED_MEETING;
    for (let at = 0; at < list.length; at++) {
      const slot = slots.add(list.codes[at]!);
      if (slot >= meetings.length) meetings = grown(meetings);
      meetings[slot] = afterMeeting(meetings[slot]!, meeting);
    }
  }
  const numbers = new Uint32Array(meetings.length);
  let live = 0;
  slots.forEachAscending((slot) => {
    if (meetings[slot] === LIVE) numbers[slot] = first + ++live;
  });
  const cellOf = (code: number) => {
    const cell = numbers[slots.get(code)]!;
    return cell === 0 ? undefined : cell - 1;
  };
  for (let group = 0; group < groups.count; group++) {
    collectGroup(groups, group, block, list);
    for (let at = 0; at < list.length; at++) if (cellOf(list.codes[at]!) !== undefined) lengths[group]!++;
  }
  return { first, live, cellOf };
}

/** What groups have met a code so far: none, one free, fixed ones only, or at least two of which one is free. */
const FREE_MEETING = 1;
const FIXED_MEETING = 2;
const LIVE = 3;

function afterMeeting(before: number, meeting: number): number {
  if (before === 0) return meeting;
  return before === FIXED_MEETING && meeting === FIXED_MEETING ? FIXED_MEETING : LIVE;
}

/** Places for the codes of a block: the code itself while there are few, else numbers given by first appearance. */
class CodeSlots {
  readonly dense: boolean;
  private readonly slots = new Map<number, number>();

  constructor(private readonly codes: number) {
    this.dense = codes <= DENSE_CODES_LIMIT;
  }

  add(code: number): number {
    if (this.dense) return code;
    const known = this.slots.get(code);
    if (known !== undefined) return known;
    this.slots.set(code, this.slots.size);
    return this.slots.size - 1;
  }

  /** The place of a code that was added. */
  get(code: number): number {
    return this.dense ? code : this.slots.get(code)!;
  }

  /** Visits the places in the order of their codes. */
  forEachAscending(visit: (slot: number) => void): void {
    if (this.dense) for (let code = 0; code < this.codes; code++) visit(code);
    else for (const code of [...this.slots.keys()].sort((a, b) => a - b)) visit(this.slots.get(code)!);
  }
}

function grown(array: Uint32Array): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(array.length * 2);
  larger.set(array);
  return larger;
}

/** The codes of all members of a group, ascending, each once with its number of cases. */
function collectGroup(groups: GroupTable, group: number, block: Block, list: CodeList): void {
  const [from, to] = [groups.memberStart[group]!, groups.memberStart[group + 1]!];
  list.length = 0;
  for (let at = from; at < to; at++) block.collect(groups.members[at]!, list);
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

function allocateCells(groups: GroupTable, count: number, lengths: Float64Array): Cells {
  const start = new Float64Array(groups.count + 1);
  for (let group = 0; group < groups.count; group++) start[group + 1] = start[group]! + lengths[group]!;
  const entries = start[groups.count]!;
  const largest = Math.max(maximum(groups.cases), maximum(groups.rows));
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

function maximum(values: Uint32Array): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}

function fillPlain(cells: Cells, cursor: Float64Array, cell: number, weights: Uint32Array): void {
  for (let group = 0; group < weights.length; group++) addEntry(cells, cursor, group, cell, weights[group]!);
}

function fillBlock(cells: Cells, cursor: Float64Array, groups: GroupTable, block: Block, table: CellTable): void {
  const list: CodeList = { codes: [], weights: [], length: 0 };
  for (let group = 0; group < groups.count; group++) {
    collectGroup(groups, group, block, list);
    for (let at = 0; at < list.length; at++) {
      const cell = table.cellOf(list.codes[at]!);
      if (cell !== undefined) addEntry(cells, cursor, group, cell, list.weights[at]!);
    }
  }
}

function addEntry(cells: Cells, cursor: Float64Array, group: number, cell: number, weight: number): void {
  const at = cursor[group]!;
  cells.cell[at] = cell;
  cells.weight[at] = weight;
  cells.total[cell] = cells.total[cell]! + weight;
  cursor[group] = at + 1;
}

/** W_L x (weight of the block among the live blocks of its level) / (cells of the block). */
function setImportance(cells: Cells, plain: number, blocks: readonly Block[], tables: readonly CellTable[]): void {
  cells.importance[0] = LEVEL_WEIGHTS.size;
  if (plain > 1) cells.importance[1] = LEVEL_WEIGHTS.rows;
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
