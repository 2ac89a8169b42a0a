import { CurationError } from '../../errors.js';
import type { Allocation } from './allocation.js';
import { solveProgram, type IntegerProgram, type ProgramColumn, type ProgramRow } from './integer-program.js';
import type { LimitCounts } from './limit-counts.js';

/** Branch-and-bound nodes; programs over a handful of kinds of groups need few. */
const NODES = 20_000;

/** Profiles whose groups count alike in every limit. */
interface Kind {
  profiles: number[];
  groups: number;
  /** Units of a group, on average: what the shares count. */
  units: number;
  /** Cases of a group that count, per limit. */
  weights: number[];
  /** Groups in every part. */
  placed: number[];
}

/**
 * Moves as few groups as it takes until every limit is met (an integer program over kinds of groups that count alike), of
 * each kind those that cost the objective least. From then on no step may break a limit.
 * @throws {CurationError} SPLIT_INFEASIBLE naming the limits that are not met
 */
export async function meetLimits(allocation: Allocation): Promise<void> {
  const { limits } = allocation;
  if (limits === null || unmet(limits).length === 0) return;
  const kinds = listKinds(allocation, limits);
  const solution = await solveProgram(buildProgram(allocation, limits, kinds), { nodes: NODES, gap: 0.001 });
  if (solution.values.length === 0) throw infeasible(limits);
  const { parts } = allocation;
  kinds.forEach((kind, number) => moveKind(allocation, kind, [...solution.values.subarray(number * parts, (number + 1) * parts)]));
  if (unmet(limits).length > 0) throw infeasible(limits);
}

function unmet(limits: LimitCounts): number[] {
  return [...limits.limits.keys()].filter((number) => limits.off(number) !== 0);
}

function infeasible(limits: LimitCounts): CurationError {
  const numbers = unmet(limits);
  const found = numbers.map((number) => `${limits.limits[number]!.rule}: ${limits.count(number)} in the best draw without the limits`);
  return new CurationError('SPLIT_INFEASIBLE', `No draw meets ${numbers.length === 1 ? 'this limit' : 'these limits together'}: ${numbers.map((number) => limits.limits[number]!.rule).join('; ')}.`, {
    expected: 'limits that groups of linked cases can meet as a whole',
    found: found.join('; '),
    suggestions: ['Ask for less in `limits`, or give the part a larger share.', 'Linked cases move together: look for a group that is larger than a limit allows.'],
  });
}

function listKinds({ profiles, parts, placed }: Allocation, { limits }: LimitCounts): Kind[] {
  const kinds = new Map<string, Kind>();
  for (let profile = 0; profile < profiles.count; profile++) {
    const groups = profiles.free[profile]!;
    if (groups === 0) continue;
    const weights = limits.map((limit) => limit.weights[profile]!);
    const key = weights.join();
    let kind = kinds.get(key);
    if (kind === undefined) kinds.set(key, (kind = { profiles: [], groups: 0, units: 0, weights, placed: Array<number>(parts).fill(0) }));
    kind.profiles.push(profile);
    kind.units = (kind.units * kind.groups + profiles.units[profile]! * groups) / (kind.groups + groups);
    kind.groups += groups;
    for (let part = 0; part < parts; part++) kind.placed[part] = kind.placed[part]! + placed[profile * parts + part]!;
  }
  return [...kinds.values()];
}

/** Least moves and least excess of the sizes, so that all limits are met. Columns: groups of every kind in every part first. */
function buildProgram(allocation: Allocation, limits: LimitCounts, kinds: readonly Kind[]): IntegerProgram {
  const { parts } = allocation;
  const columns: ProgramColumn[] = kinds.flatMap(({ groups }) => Array.from({ length: parts }, () => ({ cost: 0, lower: 0, upper: groups, integer: true })));
  const rows: ProgramRow[] = [];
  const addCost = (cost: number) => columns.push({ cost, lower: 0, upper: Infinity, integer: false }) - 1;
  const at = (kind: number, part: number) => kind * parts + part;
  kinds.forEach(({ groups, placed }, kind) => {
    rows.push({ lower: groups, upper: groups, entries: placed.map((_, part) => [at(kind, part), 1]) });
    placed.forEach((before, part) => rows.push({ lower: before, upper: Infinity, entries: [[at(kind, part), 1], [addCost(1), 1]] }));
  });
  for (let part = 0; part < parts; part++) {
    const target = kinds.reduce((sum, { units, placed }) => sum + units * placed[part]!, 0) - allocation.excess(part);
    const entries = kinds.map(({ units }, kind): [number, number] => [at(kind, part), units]);
    rows.push({ lower: target, upper: target, entries: [...entries, [addCost(1), 1], [addCost(1), -1]] });
  }
  limits.limits.forEach(({ part, min, max }, number) => {
    const entries = kinds.flatMap(({ weights }, kind): [number, number][] => (part >= 0 && weights[number]! > 0 ? [[at(kind, part), weights[number]!]] : []));
    const settled = limits.count(number) - kinds.reduce((sum, { weights, placed }) => sum + (part < 0 ? 0 : weights[number]! * placed[part]!), 0);
    rows.push({ lower: min - settled, upper: max - settled, entries });
  });
  return { columns, rows };
}

/** Moves groups of a kind until so many are in every part: those that cost least. */
function moveKind(allocation: Allocation, { profiles, placed }: Kind, wanted: readonly number[]): void {
  const change = wanted.map((count, part) => count - placed[part]!);
  for (const [from, surplus] of change.entries()) {
    for (const to of change.keys()) {
      let groups = Math.min(-change[from]!, change[to]!);
      if (surplus >= 0 || groups <= 0) continue;
      change[from] = change[from]! + groups;
      change[to] = change[to]! - groups;
      const candidates = profiles.filter((profile) => allocation.countOf(profile, from) > 0).map((profile) => ({ profile, cost: allocation.moveCost(profile, from, to) }));
      candidates.sort((a, b) => a.cost - b.cost || a.profile - b.profile);
      for (const { profile } of candidates) {
        const times = Math.min(groups, allocation.countOf(profile, from));
        if (times > 0) allocation.move(profile, from, to, times);
        groups -= times;
      }
    }
  }
}
