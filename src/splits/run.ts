import type { Catalog } from '../catalog/catalog.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { SplitConfig } from '../model/config.js';
import type { FreezeReport, SplitReport, UnassignedCase } from '../model/split.js';
import { ALGORITHM } from './algorithm.js';
import { assignCases, type SplitOutcome } from './assign.js';
import { assertFeasible } from './feasibility.js';
import { digestInput } from './input-digest.js';
import type { CaseSource } from './catalog-reader.js';
import { loadInput } from './load.js';
import type { SplitInput } from './problem.js';
import { appendRecord, readRecord, type RecordIdentity, type RecordRow, type SplitRecord } from './record.js';
import { buildReport, type Standing } from './report.js';
import { readSettings, type SplitSettings } from './settings.js';
import { judgeGroups } from './verdict.js';
import { inputWarnings } from './input-warnings.js';

/** A split of a workspace: what to draw, from which tables, and where its frozen record lies. */
export interface SplitOptions extends CaseSource {
  name: string;
  config: SplitConfig;
  /** `splits/<name>.csv`. The caller holds the workspace's lock while it may be written. */
  recordPath: string;
}

export interface FreezeOptions extends SplitOptions {
  /** Date that goes into the record, YYYY-MM-DD; default: today (UTC) by the clock of `effects`. */
  since?: string;
}

/**
 * Draws a split over all accepted cases, or extends it: frozen cases stay where they are. Replaces the last draw.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE, SPLIT_NOT_ASSIGNED (of the split around), CONFIG_INVALID
 */
export async function assignSplit(catalog: Catalog, options: SplitOptions, effects: Effects = defaultEffects): Promise<SplitReport> {
  const { settings, record } = await openSplit(catalog, options);
  const { input, outside, warnings } = await loadInput(catalog, settings, options, record.rows);
  const verdicts = judgeGroups(input);
  for (const warning of [...warnings, ...inputWarnings(input, settings, verdicts)]) effects.warn(`${settings.name}: ${warning}`);
  await assertFeasible(input, verdicts);
  const outcome = assignCases(input, verdicts);
  const unassigned = [...outside, ...outcome.unassigned];
  const input_digest = digestInput(input);
  await writeDraw(catalog, settings, record, outcome, { unassigned, input_digest });
  const report = buildReport(input, { places: new Map(outcome.assigned.map((place) => [place.case_id, place])), unassigned, input_digest });
  warnOfDraw(settings, outcome, effects);
  return report;
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
  const { input } = await loadInput(catalog, settings, options, record.rows);
  if (digestInput(input) !== draw.input_digest)
    throw new CurationError('SPLIT_STALE', `Cases, links or settings have changed since ${settings.name} was drawn.`, {
      suggestions: [`Run: colophon split assign ${settings.name}`, `Look at its report, then freeze it.`],
    });
  await assertFrozenAround(catalog, settings, drawn.map(({ case_id }) => case_id));
  const since = options.since ?? effects.now().toISOString().slice(0, 10);
  const rows = drawn.map(({ case_id, group_id, part }) => ({ case_id, group_id, part, since })).sort((a, b) => (a.case_id < b.case_id ? -1 : 1));
  const extended = appendRecord(options.recordPath, record, identityOf(settings), rows);
  await writeHistory(catalog, settings.name, extended);
  return { split: settings.name, frozen: extended.rows.length, added: rows.length, digest: extended.digest };
}

/**
 * Reports on a split as it stands in the catalog, measured against the cases, links and values of now.
 * @throws {CurationError} SPLIT_NOT_ASSIGNED, SPLIT_RECORD_TAMPERED, CONFIG_INVALID
 */
export async function reportSplit(catalog: Catalog, options: SplitOptions): Promise<SplitReport> {
  const settings = readSettings(options.name, options.config);
  const record = await checkRecord(catalog, options, settings);
  const draw = await readDraw(catalog, settings.name);
  const { input, outside } = await loadInput(catalog, settings, options, record.rows);
  return buildReport(input, await readStanding(catalog, input, outside, draw));
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
  const record = await checkRecord(catalog, options, settings);
  const copied = await catalog.all<{ rows: number }>('SELECT count(*) AS rows FROM assignment WHERE split = ? AND frozen', [settings.name]);
  if (copied[0]?.rows !== record.rows.length) await writeHistory(catalog, settings.name, record);
  return { settings, record };
}

/** Reads the record, and holds it against what the catalog knows: a chain cannot tell that its last rows were cut off. */
async function checkRecord(catalog: Catalog, { recordPath }: Pick<SplitOptions, 'recordPath'>, settings: SplitSettings): Promise<SplitRecord> {
  const record = readRecord(recordPath, identityOf(settings));
  const known = await catalog.all<{ sequence: number; case_id: string; part: string }>(
    'SELECT sequence, case_id, part FROM assignment WHERE split = ? AND frozen ORDER BY sequence',
    [settings.name],
  );
  for (const { sequence, case_id, part } of known) {
    const row = record.rows[sequence - 1];
    if (row?.case_id === case_id && row.part === part) continue;
    throw new CurationError('SPLIT_RECORD_TAMPERED', `The frozen record lacks row ${sequence}, which the catalog knows: ${recordPath}`, {
      expected: `${case_id} in ${part}`,
      found: row === undefined ? `${record.rows.length} rows` : `${row.case_id} in ${row.part}`,
      suggestions: ['Restore the file from a backup or from version control.'],
    });
  }
  assertParts(settings, record);
  return record;
}

function assertParts({ name, parts }: SplitSettings, { rows }: SplitRecord): void {
  const names = new Set(parts.map((part) => part.name));
  const stray = rows.find(({ part }) => !names.has(part));
  if (stray === undefined) return;
  throw new CurationError('SPLIT_INFEASIBLE', `Cases of ${name} are frozen in the part ${stray.part}, which its configuration has no more.`, {
    expected: [...names].join(', '),
    found: stray.part,
    suggestions: [`Put the part back in splits.${name}.parts; a hold_out rule can be all that fills it from now on.`, 'Start a new split under another name.'],
  });
}

function identityOf({ name, seed }: SplitSettings): RecordIdentity {
  return { split: name, seed };
}

/** Replaces the catalog's copy of the record; drawn rows of cases that are frozen by now go. */
async function writeHistory(catalog: Catalog, split: string, record: SplitRecord): Promise<void> {
  await catalog.transaction(async () => {
    const frozen = new Set(record.rows.map(({ case_id }) => case_id));
    const drawn = await catalog.all<Omit<RecordRow, 'since'>>(
      'SELECT case_id, group_id, part FROM assignment WHERE split = ? AND NOT frozen ORDER BY sequence',
      [split],
    );
    await writeAssignments(catalog, split, record, drawn.filter(({ case_id }) => !frozen.has(case_id)));
  });
}

async function writeDraw(catalog: Catalog, settings: SplitSettings, record: SplitRecord, outcome: SplitOutcome, draw: Draw): Promise<void> {
  await catalog.transaction(async () => {
    await catalog.run('DELETE FROM split WHERE split = ?', [settings.name]);
    await catalog.run('INSERT INTO split VALUES (?, ?, ?, ?, ?)', [
      settings.name,
      ALGORITHM,
      settings.seed,
      draw.input_digest,
      JSON.stringify(draw.unassigned),
    ]);
    await writeAssignments(catalog, settings.name, record, outcome.assigned.filter(({ frozen }) => !frozen));
  });
}

/** The record first, under its own sequence, then the draw. */
async function writeAssignments(catalog: Catalog, split: string, record: SplitRecord, drawn: readonly Omit<RecordRow, 'since'>[]): Promise<void> {
  await catalog.run('DELETE FROM assignment WHERE split = ?', [split]);
  const appender = await catalog.appender('assignment');
  let sequence = 0;
  for (const { case_id, group_id, part, since } of record.rows) appender.appendRow([split, ++sequence, case_id, group_id, part, true, since]);
  for (const { case_id, group_id, part } of drawn) appender.appendRow([split, ++sequence, case_id, group_id, part, false, null]);
  appender.close();
}

interface Draw {
  input_digest: string;
  unassigned: UnassignedCase[];
}

async function readDraw(catalog: Catalog, split: string): Promise<Draw> {
  const [row] = await catalog.all<{ input_digest: string; unassigned: string }>('SELECT input_digest, unassigned::VARCHAR AS unassigned FROM split WHERE split = ?', [
    split,
  ]);
  if (row !== undefined) return { input_digest: row.input_digest, unassigned: JSON.parse(row.unassigned) as UnassignedCase[] };
  throw new CurationError('SPLIT_NOT_ASSIGNED', `The split ${split} has not been drawn yet.`, { suggestions: [`Run: colophon split assign ${split}`] });
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

/** A frozen case must stay within its part of the split around, so that one has to be frozen first. */
async function assertFrozenAround(catalog: Catalog, { name, within }: SplitSettings, cases: readonly string[]): Promise<void> {
  if (within === null) return;
  const rows = await catalog.all<{ case_id: string }>('SELECT case_id FROM assignments WHERE split = ? AND part = ? AND frozen', [within.split, within.part]);
  const frozen = new Set(rows.map(({ case_id }) => case_id));
  const open = cases.filter((id) => !frozen.has(id));
  if (open.length === 0) return;
  throw new CurationError('SPLIT_INFEASIBLE', `${open.length} cases of ${name} are not frozen in ${within.part} of ${within.split}, which it lies within.`, {
    suggestions: [`Run: colophon split freeze ${within.split}`],
  });
}

function warnOfDraw({ name }: SplitSettings, outcome: SplitOutcome, effects: Effects): void {
  const { unassigned, conflicts, unpaired } = outcome;
  if (unassigned.length > 0) effects.warn(`${name}: ${unassigned.length} accepted cases are in no part; see colophon split report ${name}.`);
  for (const { message } of conflicts.slice(0, 5)) effects.warn(`${name}: ${message}`);
  if (unpaired.length > 0) effects.warn(`${name}: balanced by themselves only, not in pairs: ${unpaired.join(', ')}.`);
}
