import { CurationError } from '../../errors.js';
import type { SplitConfig } from '../../model/config.js';
import type { PublishedDraw } from '../../model/split-draw.js';
import type { InputDifference, ReplayDifference } from '../../model/split-replay.js';
import { ALGORITHM } from '../search/algorithm.js';
import { assignCases } from '../assign.js';
import { readEffort } from '../search/effort.js';
import type { CatalogReader } from '../input/catalog-reader.js';
import { digestParts } from '../input/input-digest.js';
import { byCodeUnit, type SplitInput } from '../input/problem.js';
import { shownLinks } from './published-input.js';
import { loadSplit } from '../cohort/sample-load.js';
import type { SampleRequest } from '../cohort/targets.js';
import { drawSample } from '../cohort/sample.js';
import { readSettings } from '../input/settings.js';

/** A published draw, and where the release has its cases. */
export interface PublishedSplit {
  name: string;
  seed: string;
  draw: PublishedDraw;
  /** The cases of the draw, by case id. */
  places: readonly { case_id: string; part: string | null; group_id: string; batch: number | null; forced: boolean }[];
}

/** What drawing again came to. */
export interface Replay {
  cases: number;
  given: number;
  differences: ReplayDifference[];
  input: InputDifference[];
}

/**
 * Makes the last draw of a published split again and compares.
 * @param reader the tables of the release, laid out as a catalog with the cases of the draw
 * @throws {CurationError} SPLIT_NOT_REPLAYABLE when another algorithm drew, or a file that is not published had a say;
 *   CONFIG_INVALID when a column is not published
 */
export async function replayDraw(reader: CatalogReader, split: PublishedSplit): Promise<Replay> {
  const { draw, places } = split;
  assertReplayable(split);
  const given = places.flatMap(({ case_id, part, batch }) => (part !== null && (batch === null || batch < draw.batch) ? [{ case_id, part }] : []));
  const { input, request } = await rebuildInput(reader, split, given);
  const { assigned } = request === null ? await assignCases(input, { effort: readEffort(draw.effort) }) : await drawSample(input, request);
  const drawn = new Map(assigned.map(({ case_id, part }) => [case_id, part]));
  const released = new Map(places.map(({ case_id, part }) => [case_id, part]));
  const differences = input.cases
    .map((case_id) => ({ case_id, released: released.get(case_id) ?? null, drawn: drawn.get(case_id) ?? null }))
    .filter((one) => one.released !== one.drawn);
  return { cases: input.cases.length, given: given.length, differences, input: compareInputs(draw, input) };
}

function assertReplayable({ name, draw }: PublishedSplit): void {
  if (draw.algorithm !== ALGORITHM)
    throw new CurationError('SPLIT_NOT_REPLAYABLE', `${name} was drawn by another algorithm than this version's.`, {
      expected: ALGORITHM,
      found: draw.algorithm,
      suggestions: ['Replay it with the version of Colophon that release.json names under tool.'],
    });
  const { reference } = (draw.config as Partial<SplitConfig>).sample ?? {};
  if (reference === undefined) return;
  throw new CurationError('SPLIT_NOT_REPLAYABLE', `${name} was drawn to resemble the reference population in ${reference}, which the release does not hold.`, {
    suggestions: ['Draw it again in the workspace that it came from: colophon split assign NAME --dry-run'],
  });
}

async function rebuildInput(reader: CatalogReader, split: PublishedSplit, given: readonly { case_id: string; part: string }[]): Promise<{ input: SplitInput; request: SampleRequest | null }> {
  const { name, seed, draw, places } = split;
  const config = { ...draw.config, seed } as SplitConfig;
  const settings = readSettings(name, config);
  const source = { config, caseTable: draw.case_table === '' ? null : draw.case_table, patientLink: null };
  // who is linked to whom, and who is in the part around it, the release says by itself
  const { input, request } = await loadSplit(reader, { ...settings, groupBy: [], within: null }, source, []);
  const groupOf = new Map(places.map(({ case_id, group_id }) => [case_id, group_id]));
  const least = new Map<string, string>();
  const linkedTo = input.cases.map((case_id) => {
    const group = groupOf.get(case_id) ?? case_id;
    if (!least.has(group)) least.set(group, case_id);
    return least.get(group)!;
  });
  const forced = places.flatMap((place) => (place.forced && place.part !== null ? [{ case_id: place.case_id, part: place.part }] : []));
  return { input: { ...input, config_digest: draw.config_digest, ...shownLinks(input.cases, linkedTo, given), ...(forced.length === 0 ? {} : { forced }) }, request };
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
  const [before, found] = [new Map(Object.entries(then.values)), new Map(Object.entries(now.values))];
  for (const variable of [...new Set([...before.keys(), ...found.keys()])].sort(byCodeUnit))
    if (before.get(variable) !== found.get(variable)) differs.push({ what: 'values', variable, message: `The values of ${variable} are not those of the draw.` });
  return differs;
}
