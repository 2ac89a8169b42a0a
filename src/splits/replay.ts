import { CurationError } from '../errors.js';
import type { SplitConfig } from '../model/config.js';
import type { PublishedDraw } from '../model/split-draw.js';
import type { InputDifference, ReplayDifference } from '../model/split-replay.js';
import { ALGORITHM } from './algorithm.js';
import { assignCases } from './assign.js';
import type { CatalogReader } from './catalog-reader.js';
import { digestParts } from './input-digest.js';
import { loadInput } from './load.js';
import { byCodeUnit, type FrozenCase, type SplitInput } from './problem.js';
import { shownLinks } from './published-input.js';
import { readSettings } from './settings.js';

/** A published draw, and where the release has its cases. */
export interface PublishedSplit {
  name: string;
  seed: string;
  draw: PublishedDraw;
  /** By case id; cases of later batches left out. */
  places: readonly { case_id: string; part: string; group_id: string; batch: number | null; forced: boolean }[];
}

/** What drawing again came to. */
export interface Replay {
  cases: number;
  given: number;
  differences: ReplayDifference[];
  input: InputDifference[];
}

/** Cases that the draw was made from and that are in the release, by code unit. */
export function casesOfDraw({ draw, places }: Pick<PublishedSplit, 'draw' | 'places'>): string[] {
  return [...places.map(({ case_id }) => case_id), ...draw.unplaced.map(({ case_id }) => case_id)].sort(byCodeUnit);
}

/**
 * Makes the last draw of a published split again and compares.
 * @param reader the tables of the release, laid out as a catalog with the cases of the draw
 * @throws {CurationError} SPLIT_NOT_REPLAYABLE when another algorithm drew; CONFIG_INVALID when a column is not published
 */
export async function replayDraw(reader: CatalogReader, split: PublishedSplit): Promise<Replay> {
  const { draw, places } = split;
  if (draw.algorithm !== ALGORITHM)
    throw new CurationError('SPLIT_NOT_REPLAYABLE', `${split.name} was drawn by another algorithm than this version's.`, {
      expected: ALGORITHM,
      found: draw.algorithm,
      suggestions: ['Replay it with the version of Colophon that release.json names under tool.'],
    });
  const given = places.filter(({ batch }) => batch === null || batch < draw.batch);
  const input = await rebuildInput(reader, split, given);
  const drawn = new Map(assignCases(input).assigned.map(({ case_id, part }) => [case_id, part]));
  const released = new Map(places.map(({ case_id, part }) => [case_id, part]));
  const differences = input.cases
    .map((case_id) => ({ case_id, released: released.get(case_id) ?? null, drawn: drawn.get(case_id) ?? null }))
    .filter((one) => one.released !== one.drawn);
  return { cases: input.cases.length, given: given.length, differences, input: compareInputs(draw, input) };
}

async function rebuildInput(reader: CatalogReader, { name, seed, draw, places }: PublishedSplit, given: readonly Omit<FrozenCase, 'group_id'>[]): Promise<SplitInput> {
  const settings = readSettings(name, { ...draw.config, seed } as SplitConfig);
  // who is linked to whom, and who is in the part around it, the release says by itself
  const { input } = await loadInput(reader, { ...settings, groupBy: [], within: null }, { caseTable: draw.case_table === '' ? null : draw.case_table, patientLink: null }, []);
  const groupOf = new Map([...places, ...draw.unplaced].map(({ case_id, group_id }) => [case_id, group_id]));
  const least = new Map<string, string>();
  const linkedTo = input.cases.map((case_id) => {
    const group = groupOf.get(case_id) ?? case_id;
    if (!least.has(group)) least.set(group, case_id);
    return least.get(group)!;
  });
  const forced = places.filter((place) => place.forced).map(({ case_id, part }) => ({ case_id, part }));
  return { ...input, ...shownLinks(input.cases, linkedTo, given), ...(forced.length === 0 ? {} : { forced }) };
}

const MESSAGES = {
  settings: 'The name, seed, configuration or parts are not those of the draw.',
  links: 'Other cases are linked with each other.',
  frozen: 'Other cases had been placed before.',
  rules: 'Hold-outs, forced cases or limits name other cases.',
} as const;

function compareInputs(draw: PublishedDraw, input: SplitInput): InputDifference[] {
  const [then, now] = [draw.inputs, digestParts(input)];
  const differs: InputDifference[] = [];
  if (then.settings !== now.settings) differs.push({ what: 'settings', message: MESSAGES.settings });
  if (then.cases !== now.cases) {
    const counts = draw.cases === input.cases.length ? '' : `: ${draw.cases} then, ${input.cases.length} here`;
    differs.push({ what: 'cases', message: `The cases, or their studies and images, are not those of the draw${counts}.` });
  }
  for (const what of ['links', 'frozen', 'rules'] as const) if (then[what] !== now[what]) differs.push({ what, message: MESSAGES[what] });
  const variables = new Set([...Object.keys(then.values), ...Object.keys(now.values)]);
  for (const variable of [...variables].sort(byCodeUnit)) {
    const [old, found] = [new Map(Object.entries(then.values)).get(variable), new Map(Object.entries(now.values)).get(variable)];
    if (old !== found) differs.push({ what: 'values', variable, message: `The values of ${variable} are not those of the draw.` });
  }
  return differs;
}
