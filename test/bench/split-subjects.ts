/** The subjects of the bench of splits. `node split-subjects.js SUBJECT SOURCE SEED` is one measured run: it prints a line of JSON. */
import { argv, cpuUsage, resourceUsage } from 'node:process';
import { pathToFileURL } from 'node:url';
import { sha256Hex } from '../../src/fixity/digest.js';
import { assignCases, type SplitOutcome } from '../../src/splits/assign.js';
import { linkGroups } from '../../src/splits/input/groups.js';
import type { FrozenCase, SplitInput } from '../../src/splits/input/problem.js';
import { Random } from '../../src/splits/search/random.js';
import { splitInput, type TextInput } from '../support/split-input.js';
import { syntheticCases } from '../support/synthetic-cases.js';
import { print } from './measure.js';
import { measureDraw, type BalanceRow } from './split-balance.js';
import { drawAtRandom, minimise } from './split-peers.js';
import { readRealTable } from './split-tables.js';

/** What one run says of itself. */
export interface SubjectRun extends BalanceRow {
  /** Of the draw alone, without making its input. */
  cpu_seconds: number;
  wall_seconds: number;
  /** Largest resident set of the process, input included, in MB (1e6 bytes). */
  peak_mb: number;
  /** Groups with members in two parts. */
  torn: number;
  /** Frozen cases that are elsewhere now. */
  moved: number;
}

type Drawn = ArrayLike<number> | Promise<ArrayLike<number>>;

/** Ways to draw. All get the same input. */
export const SUBJECTS: Record<string, (input: SplitInput, random: Random) => Drawn> = {
  'random groups': drawAtRandom,
  'Pocock-Simon': (input, random) => minimise(input, random, false),
  'Pocock-Simon + pairs': (input, random) => minimise(input, random, true),
  colophon: async (input) => partNumbers(input, await assignCases(input)),
  'colophon --effort high': async (input) => partNumbers(input, await assignCases(input, { effort: 'high' })),
};

const THREE_PARTS = [{ name: 'test', target: 0.2 }, { name: 'train', target: 0.7 }, { name: 'validation', target: 0.1 }];
const TWO_PARTS = [{ name: 'open', target: 0.8 }, { name: 'sequestered', target: 0.2 }];

/** A fresh draw of `1000` synthetic cases, or of `FOLDER:NAME`, a real table. */
async function runDraw(subject: string, source: string, seed: string): Promise<SubjectRun> {
  const [folder, name] = source.split(':') as [string, string?];
  const table = name === undefined ? syntheticCases(Number(source)) : readRealTable(folder, name);
  const input = splitInput({ ...table, split: 'bench', seed, parts: THREE_PARTS });
  return measureRun(input, () => SUBJECTS[subject]!(input, new Random(sha256Hex(seed))));
}

/** `FROZEN+NEW`: so many cases are drawn and frozen first, untimed; the draw of the new ones is what is measured. */
async function runExtension(source: string, seed: string): Promise<SubjectRun> {
  const [frozen, added] = source.split('+').map(Number) as [number, number];
  const table: TextInput = { ...syntheticCases(frozen + added), split: 'bench', seed, parts: THREE_PARTS };
  const first = firstCases(table, frozen);
  const record = freeze((await assignCases(splitInput(first))).assigned);
  const input = splitInput({ ...table, frozen: record });
  return measureRun(input, async () => partNumbers(input, await assignCases(input)));
}

/** `CASES/BATCHES`: every batch extends what the ones before it have frozen; all draws together are measured. */
async function runReplay(source: string, seed: string): Promise<SubjectRun> {
  const [cases, batches] = source.split('/').map(Number) as [number, number];
  const table: TextInput = { ...syntheticCases(cases), split: 'bench', seed, parts: TWO_PARTS };
  const whole = splitInput({ ...table });
  let frozen: FrozenCase[] = [];
  return measureRun({ ...whole, get frozen() { return frozen; } }, async () => {
    let outcome: SplitOutcome | undefined;
    for (let batch = 1; batch <= batches; batch++) {
      outcome = await assignCases(splitInput({ ...firstCases(table, Math.round((cases * batch) / batches)), frozen }));
      assertKept(frozen, outcome);
      frozen = freeze(outcome.assigned);
    }
    return partNumbers(whole, outcome!);
  });
}

async function measureRun(input: SplitInput, draw: () => Drawn): Promise<SubjectRun> {
  const [cpu, started] = [cpuUsage(), process.hrtime.bigint()];
  const partOf = await draw();
  const wall_seconds = Number(process.hrtime.bigint() - started) / 1e9;
  const used = cpuUsage(cpu);
  const peak_mb = Math.round((resourceUsage().maxRSS * 1024) / 1e6);
  return { cpu_seconds: (used.user + used.system) / 1e6, wall_seconds, peak_mb, torn: countTorn(input, partOf), moved: countMoved(input, partOf), ...measureDraw(input, partOf) };
}

function firstCases(table: TextInput, count: number): TextInput {
  const kept = new Set(table.cases.slice(0, count));
  return {
    ...table,
    cases: table.cases.slice(0, count),
    rows: Array.from(table.rows ?? []).slice(0, count),
    variables: table.variables.map((variable) => ({ ...variable, values: variable.values.slice(0, count) })),
    ties: (table.ties ?? []).filter(({ case_id }) => kept.has(case_id)),
  };
}

function freeze(assigned: SplitOutcome['assigned']): FrozenCase[] {
  return assigned.map(({ case_id, group_id, part }) => ({ case_id, group_id, part }));
}

function assertKept(frozen: readonly FrozenCase[], outcome: SplitOutcome): void {
  const parts = new Map(outcome.assigned.map(({ case_id, part }) => [case_id, part]));
  for (const { case_id, part } of frozen) if (parts.get(case_id) !== part) throw new Error(`${case_id} moved`);
}

function partNumbers({ cases, parts }: SplitInput, { assigned }: SplitOutcome): Int16Array {
  const numbers = new Map(parts.map(({ name }, number) => [name, number]));
  const placed = new Map(assigned.map(({ case_id, part }) => [case_id, numbers.get(part)!]));
  return Int16Array.from(cases, (id) => placed.get(id) ?? -1);
}

function countTorn({ cases, ties }: SplitInput, partOf: ArrayLike<number>): number {
  const { count, groupOf } = linkGroups(cases, ties);
  const first = new Int16Array(count).fill(-1);
  const torn = new Set<number>();
  for (const [index, group] of groupOf.entries()) {
    if (first[group] === -1) first[group] = partOf[index]!;
    else if (first[group] !== partOf[index]) torn.add(group);
  }
  return torn.size;
}

function countMoved({ cases, frozen, parts }: SplitInput, partOf: ArrayLike<number>): number {
  const before = new Map(frozen.map(({ case_id, part }) => [case_id, part]));
  return cases.reduce((moved, id, index) => moved + (before.has(id) && before.get(id) !== parts[partOf[index]!]?.name ? 1 : 0), 0);
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  const [subject = '', source = '', seed = '1'] = argv.slice(2);
  const run = subject === 'extension' ? runExtension(source, seed) : subject === 'replay' ? runReplay(source, seed) : runDraw(subject, source, seed);
  print(JSON.stringify(await run));
}
