import { sha256Hex } from '../../src/fixity/digest.js';
import { Allocation } from '../../src/splits/search/allocation.js';
import { listBlocks } from '../../src/splits/search/blocks.js';
import { buildCells } from '../../src/splits/search/cells.js';
import type { Effort } from '../../src/splits/search/effort.js';
import type { IntegerProgram, ProgramColumn, ProgramRow } from '../../src/splits/search/integer-program.js';
import { lookAtCases, profileGroups, type GroupTable } from '../../src/splits/search/profiles.js';
import { drawQuotas } from '../../src/splits/search/quotas.js';
import { keyedRandom } from '../../src/splits/search/random.js';
import { searchAllocation } from '../../src/splits/search/search.js';
import { encodeVariable } from '../../src/splits/input/variable.js';
import { syntheticCases } from './synthetic-cases.js';

export interface SmallInstance {
  /** An allocation in which nothing is placed. */
  fresh: () => Allocation;
  search: (seed: number, effort?: Effort) => Promise<Allocation>;
  /** Groups. */
  count: number;
}

/** A small synthetic collection of groups, with its quotas drawn; every third group holds two cases when `pairs` is set. */
export function smallInstance(count: number, shares: readonly number[], seed: string, { pairs = false, variables = 4 } = {}): SmallInstance {
  const memberStart = new Uint32Array(count + 1);
  for (let group = 0; group < count; group++) memberStart[group + 1] = memberStart[group]! + (pairs && group % 3 === 0 ? 2 : 1);
  const cases = memberStart[count]!;
  const synthetic = syntheticCases(cases, seed);
  const encoded = synthetic.variables.slice(0, variables).map((variable) => encodeVariable(variable));
  const studyStart = new Uint32Array(cases + 1);
  for (let index = 0; index < cases; index++) studyStart[index + 1] = studyStart[index]! + synthetic.rows[index]!;
  const groups: GroupTable = { count, memberStart, members: Uint32Array.from({ length: cases }, (_, index) => index) };
  const looks = lookAtCases(encoded, studyStart);
  const profiles = profileGroups(groups, { studyStart, images: new Uint32Array(cases), unit: 'cases', limits: [], variables: encoded }, looks);
  const plain = [profiles.cases, profiles.rows].map((ofProfile) => ({ ofProfile, ofCase: () => 0 }));
  const { blocks } = listBlocks({ variables: encoded, studyStart, pairs: [], strata: looks.strata });
  const cells = buildCells(profiles, plain, blocks, { partOf: new Int16Array(cases).fill(-1), parts: shares.length, some: false });
  const targets = Float64Array.from(shares);
  const quotas = drawQuotas(cells, targets, keyedRandom(sha256Hex(seed), 'quotas'));
  const fresh = () => new Allocation({ profiles, cells, quotas, targets, limits: null });
  const search = async (number: number, effort?: Effort) => {
    const allocation = fresh();
    await searchAllocation(allocation, sha256Hex(String(number)), effort);
    return allocation;
  };
  return { count, fresh, search };
}

/** How far from its quota a count is followed exactly, in whole cases. */
const REACH = 8;

/**
 * The least J of an instance as an integer program: groups of every profile in every part, and for every cell and part the
 * count in steps of one, each dearer than the one before (J is convex in every count). Without the steps beyond the reach
 * its optimum is a bound from below all the same.
 */
export function optimumProgram(instance: SmallInstance): IntegerProgram {
  const { profiles, cells, parts, quotas, pulls } = facts(instance);
  const columns: ProgramColumn[] = [];
  const rows: ProgramRow[] = [];
  for (let profile = 0; profile < profiles.count; profile++) {
    const free = profiles.free[profile]!;
    const own = Array.from({ length: parts }, () => columns.push({ cost: 0, lower: 0, upper: free, integer: true }) - 1);
    rows.push({ lower: free, upper: free, entries: own.map((column) => [column, 1]) });
  }
  const held: [number, number][][] = Array.from({ length: cells.count }, () => []);
  for (let profile = 0; profile < profiles.count; profile++)
    for (let at = cells.start[profile]!; at < cells.start[profile + 1]!; at++) held[cells.cell[at]!]!.push([profile, cells.weight[at]!]);
  for (let cell = 0; cell < cells.count; cell++) {
    // of two parts, the count of one tells the other's
    for (let part = parts === 2 ? 1 : 0; part < parts; part++) {
      const quota = quotas(cell, part);
      const pull = parts === 2 ? pulls(cell, 0) + pulls(cell, 1) : pulls(cell, part);
      const total = cells.total[cell]!;
      const least = Math.max(0, Math.floor(quota) - REACH);
      const most = Math.min(total, Math.ceil(quota) + REACH);
      const cost = (count: number) => pull * (count - quota) * (count - quota);
      const entries = held[cell]!.map(([profile, weight]): [number, number] => [profile * parts + part, weight]);
      entries.push([columns.push({ cost: cost(least), lower: 1, upper: 1, integer: false }) - 1, -least]);
      // beyond the reach the last slopes go on
      for (let count = least; count < most; count++) {
        const upper = count === most - 1 ? Math.max(1, total - count) : 1;
        entries.push([columns.push({ cost: cost(count + 1) - cost(count), lower: 0, upper, integer: false }) - 1, -1]);
      }
      if (least > 0) entries.push([columns.push({ cost: cost(least) - cost(least + 1), lower: 0, upper: least, integer: false }) - 1, 1]);
      rows.push({ lower: 0, upper: 0, entries });
    }
  }
  return { columns, rows };
}

/** Quotas and pulls as an empty allocation shows them. */
function facts({ fresh }: SmallInstance) {
  const allocation = fresh();
  const { profiles, cells, parts } = allocation;
  return { profiles, cells, parts, quotas: (cell: number, part: number) => -allocation.deviation(cell, part), pulls: (cell: number, part: number) => allocation.pull(cell, part) };
}

/** J of one plain allocation: it changes with everything that the optimum depends on. */
export function fingerprint({ fresh }: SmallInstance): number {
  const allocation = fresh();
  for (let profile = 0; profile < allocation.profiles.count; profile++)
    for (let group = 0; group < allocation.profiles.free[profile]!; group++) allocation.place(profile, profile % 5 === 0 ? 1 : 0);
  return Number(allocation.objective().toFixed(9));
}
