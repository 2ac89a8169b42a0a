import type { Catalog } from '../catalog/catalog.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { SplitConfig } from '../model/config.js';
import type { ExtensionPlan } from '../model/split-extension.js';
import type { SampleReport } from '../model/sample.js';
import type { FreezeReport, SplitReport, UnassignedCase } from '../model/split.js';
import { assignCases, type SplitOutcome } from './assign.js';
import { appendDrawLog } from './record/draw-log.js';
import { planExtension } from './record/extension.js';
import { assertFrozenAround, checkRecord, identityOf, openRecord, readDescription, readDraw, writeDraw, writeHistory, type Draw } from './record/history.js';
import { assertFeasible } from './rules/feasibility.js';
import { digestInput } from './input/input-digest.js';
import { assertBalanceable, inputWarnings } from './input/input-warnings.js';
import type { CaseSource } from './input/catalog-reader.js';
import { chooseObserved, type ObservedColumns } from './input/observed-columns.js';
import type { SplitInput } from './input/problem.js';
import { describeDraw } from './record/published-input.js';
import { appendRecord, type RecordRow, type SplitRecord } from './record/record.js';
import type { Effort } from './search/effort.js';
import { buildReport, type ReportOptions, type Standing } from './report/report.js';
import { loadSplit, type LoadedSplit } from './cohort/sample-load.js';
import { drawSample, measureSample, NOT_IN_SAMPLE } from './cohort/sample.js';
import { readSettings, type SplitSettings } from './input/settings.js';

/** A split of a workspace: what to draw, from which tables, and where its frozen record lies. */
export interface SplitOptions extends CaseSource {
  name: string;
  config: SplitConfig;
  /** `splits/<name>.csv`. The caller holds the workspace's lock while it may be written. */
  recordPath: string;
  /** How long is searched; `normal` by default. */
  effort?: Effort;
}

export interface FreezeOptions extends SplitOptions {
  /** Date that goes into the record, YYYY-MM-DD; default: today (UTC) by the clock of `effects`. */
  since?: string;
}

/** What a report is asked for. */
export interface SplitReporting extends Pick<ReportOptions, 'permutations' | 'reference'> {
  /** Variables to look at though they are not balanced; none by default. */
  observe?: ObservedColumns;
}

/**
 * Draws a split over all accepted cases, or extends it: frozen cases stay where they are. Replaces the last draw.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE, SPLIT_NOT_ASSIGNED (of the split around), CONFIG_INVALID
 */
export async function assignSplit(catalog: Catalog, options: SplitOptions, effects: Effects = defaultEffects): Promise<SplitReport> {
  const { settings, record } = await openSplit(catalog, options);
  const loaded = await loadSplit(catalog, settings, options, record.rows);
  const { input, outside } = loaded;
  const { outcome, sample } = await drawLoaded(loaded, options, effects);
  const unassigned = [...outside, ...outcome.unassigned];
  const input_digest = digestInput(input);
  await writeDraw(catalog, settings, record, { assigned: outcome.assigned, unassigned, input_digest, ...describeDraw(input, options) });
  const report = buildReport(input, { places: new Map(outcome.assigned.map((place) => [place.case_id, place])), unassigned, input_digest }, { permutations: 0, hidden: options.config.hidden?.part ?? null });
  warnOfDraw(settings, outcome, effects);
  return sample === null ? report : { ...report, sample };
}

/** Draws what was read: a sample by its targets, a split when its rules can be met. */
async function drawLoaded({ input, request, warnings }: LoadedSplit, { effort = 'normal' }: SplitOptions, effects: Effects): Promise<{ outcome: SplitOutcome; sample: SampleReport | null }> {
  if (request === null) assertBalanceable(input);
  for (const warning of [...warnings, ...(request === null ? inputWarnings(input) : [])]) effects.warn(`${input.split}: ${warning}`);
  if (request !== null) {
    const outcome = await drawSample(input, request);
    return { outcome, sample: outcome.sample };
  }
  await assertFeasible(input);
  return { outcome: await assignCases(input, { effort }), sample: null };
}

/**
 * Draws a split as `assignSplit` does, and writes nothing: what would change.
 * @throws {CurationError} as `assignSplit`
 */
export async function previewSplit(catalog: Catalog, options: SplitOptions, effects: Effects = defaultEffects): Promise<ExtensionPlan> {
  const settings = readSettings(options.name, options.config);
  const record = await checkRecord(catalog, options.recordPath, settings);
  const loaded = await loadSplit(catalog, settings, options, record.rows);
  const { input, outside } = loaded;
  const { outcome } = await drawLoaded(loaded, options, effects);
  const accepted = new Set(input.cases);
  const frozen = record.rows.filter(({ case_id }) => accepted.has(case_id)).map(({ case_id, part }) => [case_id, { part, frozen: true }] as const);
  const { places } = await readStanding(catalog, input, outside, { unassigned: [], input_digest: '' });
  // the record is what counts: the catalog's copy of it may have been rebuilt
  const current = new Map([...places, ...frozen]);
  warnOfDraw(settings, outcome, effects);
  return planExtension(input, current, outcome, outside, digestInput(input));
}

/**
 * Appends every assignment of the last draw that is not frozen yet to the record; a second run adds nothing.
 * @throws {CurationError} SPLIT_NOT_ASSIGNED, SPLIT_STALE when the cases, links or settings have changed since the draw,
 *   SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE when the split around this one is not frozen
 */
export async function freezeSplit(catalog: Catalog, options: FreezeOptions, effects: Effects = defaultEffects): Promise<FreezeReport> {
  const { settings, record } = await openSplit(catalog, options);
  const draw = await readDraw(catalog, settings.name);
  const drawn = await catalog.all<Omit<RecordRow, 'since'>>(
    'SELECT case_id, group_id, part FROM assignments WHERE split = ? AND NOT frozen ORDER BY case_id',
    [settings.name],
  );
  if (drawn.length === 0) return { split: settings.name, frozen: record.rows.length, added: 0, digest: record.digest };
  const { input } = await loadSplit(catalog, settings, options, record.rows);
  if (digestInput(input) !== draw.input_digest)
    throw new CurationError('SPLIT_STALE', `Cases, links or settings have changed since ${settings.name} was drawn.`, {
      suggestions: [`Run: colophon split assign ${settings.name}`, `Look at its report, then freeze it.`],
    });
  await assertFrozenAround(catalog, settings, drawn.map(({ case_id }) => case_id));
  const since = options.since ?? effects.now().toISOString().slice(0, 10);
  const rows = drawn.map(({ case_id, group_id, part }) => ({ case_id, group_id, part, since })).sort((a, b) => (a.case_id < b.case_id ? -1 : 1));
  appendDrawLog(options.recordPath, record.rows.length, rows.length, { since, draw: await readDescription(catalog, settings.name), imported: null });
  const extended = appendRecord(options.recordPath, record, identityOf(settings), rows);
  await writeHistory(catalog, settings.name, extended);
  return { split: settings.name, frozen: extended.rows.length, added: rows.length, digest: extended.digest };
}

/**
 * Reports on a split as it stands in the catalog, measured against the cases, links and values of now.
 * @throws {CurationError} SPLIT_NOT_ASSIGNED, SPLIT_RECORD_TAMPERED, CONFIG_INVALID
 */
export async function reportSplit(catalog: Catalog, options: SplitOptions, reporting: SplitReporting = {}): Promise<SplitReport> {
  const settings = readSettings(options.name, options.config);
  const record = await checkRecord(catalog, options.recordPath, settings);
  const draw = await readDraw(catalog, settings.name);
  const extra = reporting.observe === undefined || options.config.kind === 'sample' ? [] : await chooseObserved(catalog, settings, options.caseTable, reporting.observe);
  const { input, outside, request } = await loadSplit(catalog, { ...settings, balance: [...settings.balance, ...extra] }, options, record.rows);
  const variables = extra.length === 0 ? input.variables : input.variables.slice(0, settings.balance.length);
  const observed = input.variables.slice(variables.length);
  const standing = await readStanding(catalog, input, outside, draw);
  const report = buildReport({ ...input, variables }, standing, { hidden: options.config.hidden?.part ?? null, ...reporting, observed });
  if (request === null) return report;
  return { ...report, sample: await measureSample(input, request, (id) => standing.places.has(id)) };
}

/**
 * Verifies the frozen record and copies it into the catalog, whose own copy may have been rebuilt. Returns what it holds.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED; also when the catalog knows frozen rows that the record has no more
 */
export async function loadRecord(catalog: Catalog, options: Pick<SplitOptions, 'name' | 'config' | 'recordPath'>): Promise<SplitRecord> {
  return (await openSplit(catalog, options)).record;
}

async function openSplit(catalog: Catalog, options: Pick<SplitOptions, 'name' | 'config' | 'recordPath'>): Promise<{ settings: SplitSettings; record: SplitRecord }> {
  const settings = readSettings(options.name, options.config);
  return { settings, record: await openRecord(catalog, options.recordPath, settings) };
}

async function readStanding(catalog: Catalog, input: SplitInput, outside: UnassignedCase[], draw: Draw): Promise<Standing> {
  const places = new Map<string, { part: string; frozen: boolean }>();
  const accepted = new Set(input.cases);
  const rows = catalog.stream<{ case_id: string; part: string; frozen: boolean }>('SELECT case_id, part, frozen FROM assignments WHERE split = ?', [input.split]);
  for await (const chunk of rows) for (const { case_id, part, frozen } of chunk) if (accepted.has(case_id)) places.set(case_id, { part, frozen });
  const reasons = new Map(draw.unassigned.map(({ case_id, reason }) => [case_id, reason]));
  const without = input.cases.filter((id) => !places.has(id));
  const unassigned = without.map((case_id) => ({ case_id, reason: reasons.get(case_id) ?? 'not drawn yet: it came after the last draw' }));
  return { places, unassigned: [...outside, ...unassigned], input_digest: draw.input_digest };
}

function warnOfDraw({ name }: SplitSettings, outcome: SplitOutcome, effects: Effects): void {
  const { unassigned, conflicts, unpaired } = outcome;
  const left = unassigned.filter(({ reason }) => !reason.startsWith(NOT_IN_SAMPLE));
  if (left.length > 0) effects.warn(`${name}: ${left.length} accepted cases are in no part; see colophon split report ${name}.`);
  for (const { message } of conflicts.slice(0, 5)) effects.warn(`${name}: ${message}`);
  if (unpaired.length > 0) effects.warn(`${name}: balanced by themselves only, not in pairs: ${unpaired.join(', ')}.`);
}
