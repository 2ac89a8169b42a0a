import type { ClassTable } from './class-table.js';
import type { Level } from './hierarchy.js';
import { Projection, type Side } from './projection.js';

/** A way to bring every class to the least size, and what it costs. */
export interface Generalization {
  /** Chosen level by column. */
  levels: number[];
  /** Cases of classes that stay too small: they would have to be withheld. */
  withheld: number;
  /** Share of the information of all columns together that is lost, 0 to 1; withheld cases not counted. */
  loss: number;
}

/** Codes that one search looks at, at most: some seconds. */
const MAX_WORK = 400_000_000;

/** What looking at a node costs besides, in classes. */
const NODE_CLASSES = 10_000;

/** Share of the cases that a proposal may withhold beside making columns coarser. */
const WITHHELD_SHARE = 0.05;

/**
 * Searches the lattice of levels for the cheapest ways to make every class hold at least `k` cases, a missing value being
 * one of its own. First the cheapest that withholds few cases or none, then the cheapest that withholds none, then that
 * which only withholds; each once. None when there are fewer than `k` cases.
 */
export function findGeneralizations(classes: ClassTable, hierarchies: readonly (readonly Level[])[], k: number): Generalization[] {
  if (classes.cases < k) return [];
  const budget = Math.max(1, Math.floor(MAX_WORK / (Math.max(NODE_CLASSES, classes.sizes.length) * Math.max(1, classes.codes.length))));
  const levels = thinned(hierarchies, budget);
  const nodes = listNodes(levels).sort((a, b) => a.loss - b.loss || compareLevels(a.levels, b.levels));
  const tables = new CoarserTables(classes, levels);
  const few = Math.floor(classes.cases * WITHHELD_SHARE);
  let cheapest: Generalization | null = null;
  let finest: Generalization | null = null;
  let whole: Generalization | null = null;
  // Nodes come by their loss, so the first one that withholds nothing loses least, and no later one is better.
  // What is beyond the budget is passed over but for the last node, where next to nothing is left in.
  const looked = nodes.length <= budget ? nodes : [...nodes.slice(0, budget), nodes.at(-1)!];
  for (const node of looked) {
    const each = { ...node, withheld: tables.countBelow(node.levels, k) };
    finest ??= each;
    if (each.withheld <= few && (cheapest === null || costOf(each, classes.cases) < costOf(cheapest, classes.cases))) cheapest = each;
    if (each.withheld > 0) continue;
    whole = each;
    break;
  }
  const found = new Set([cheapest, whole, finest].filter((each) => each !== null && each.withheld < classes.cases));
  return [...found].flatMap((each) => (each === null ? [] : [{ ...each, levels: each.levels.map((level, column) => hierarchies[column]!.indexOf(levels[column]![level]!)) }]));
}

/** What is lost of all cells, 0 to 1: withheld cases lose everything. */
export function costOf({ loss, withheld }: Generalization, cases: number): number {
  return loss + (1 - loss) * (withheld / cases);
}

/** Leaves out levels between the first and the last, of the column that has most, until all combinations can be counted. */
function thinned(hierarchies: readonly (readonly Level[])[], nodes: number): Level[][] {
  const levels = hierarchies.map((hierarchy) => [...hierarchy]);
  for (;;) {
    const product = levels.reduce((count, hierarchy) => count * hierarchy.length, 1);
    const widest = levels.reduce((best, hierarchy, column) => (hierarchy.length > levels[best]!.length ? column : best), 0);
    if (product <= nodes || levels[widest] === undefined || levels[widest].length <= 2) return levels;
    levels[widest].splice(Math.floor(levels[widest].length / 2), 1);
  }
}

interface Node {
  levels: number[];
  loss: number;
}

/** Most combinations of levels that are looked at, however few classes there are. */
const MAX_NODES = 100_000;

function listNodes(levels: readonly (readonly Level[])[]): Node[] {
  let nodes: Node[] = [{ levels: [], loss: 0 }];
  for (const [column, hierarchy] of levels.entries()) {
    // Where there are too many columns, the last ones are left as they are or left out together.
    const rest = levels.slice(column);
    if (nodes.length * hierarchy.length > MAX_NODES) return nodes.flatMap((node) => [extend(node, rest, levels.length, () => 0), extend(node, rest, levels.length, ({ length }) => length - 1)]);
    nodes = nodes.flatMap((node) => hierarchy.map((_, level) => extend(node, [hierarchy], levels.length, () => level)));
  }
  return nodes;
}

function extend(node: Node, hierarchies: readonly (readonly Level[])[], columns: number, levelOf: (hierarchy: readonly Level[]) => number): Node {
  const levels = hierarchies.map(levelOf);
  return { levels: [...node.levels, ...levels], loss: levels.reduce((sum, level, at) => sum + hierarchies[at]![level]!.loss / columns, node.loss) };
}

function compareLevels(a: readonly number[], b: readonly number[]): number {
  const at = a.findIndex((level, column) => level !== b[column]);
  return at === -1 ? 0 : a[at]! - b[at]!;
}

type CountedClasses = Pick<ClassTable, 'codes' | 'sizes'>;

/** Counts classes of coarser values; keeps those by the column with most values, which are far fewer at its coarser levels. */
class CoarserTables {
  private readonly tables = new Map<number, CountedClasses>();
  private readonly widest: number;

  constructor(
    private readonly classes: ClassTable,
    private readonly levels: readonly (readonly Level[])[],
  ) {
    this.widest = levels.reduce((best, [finest], column) => (finest!.size > levels[best]![0]!.size ? column : best), 0);
  }

  /** Cases of classes with fewer than `k`, with each column at a level. */
  countBelow(levels: readonly number[], k: number): number {
    const { codes, sizes } = this.tableAt(levels[this.widest]!);
    const projection = new Projection(this.sides(codes, levels, true));
    for (let at = 0; at < sizes.length; at++) projection.add(at, sizes[at]!);
    let below = 0;
    for (const cases of projection.sizes()) if (cases < k) below += cases;
    return below;
  }

  /** The classes with the widest column at a level and all others as they are. */
  private tableAt(level: number): CountedClasses {
    const known = this.tables.get(level);
    if (known !== undefined) return known;
    const table = level === 0 ? this.classes : this.merge(level);
    this.tables.set(level, table);
    return table;
  }

  private merge(level: number): CountedClasses {
    const { codes, sizes } = this.classes;
    const projection = new Projection(this.sides(codes, this.levels.map((_, column) => (column === this.widest ? level : 0)), false));
    for (let at = 0; at < sizes.length; at++) projection.add(at, sizes[at]!);
    const [firsts, merged]: [number[], number[]] = [[], []];
    for (let at = 0; at < sizes.length; at++) {
      const cases = projection.take(at);
      if (cases === 0) continue;
      merged.push(cases);
      firsts.push(at);
    }
    const { map } = this.levels[this.widest]![level]!;
    const moved = codes.map((column, index) => Uint32Array.from(firsts, (at) => (index === this.widest ? map[column[at]!]! : column[at]!)));
    return { codes: moved, sizes: Uint32Array.from(merged) };
  }

  /** Columns that have one value left are no sides; a table that is by the widest column already needs no map for it. */
  private sides(codes: readonly Uint32Array[], levels: readonly number[], done: boolean): Side[] {
    return levels.flatMap((at, column) => {
      const { map, size } = this.levels[column]![at]!;
      return size === 1 ? [] : [{ codes: codes[column]!, map: done && column === this.widest ? null : map, size }];
    });
  }
}
