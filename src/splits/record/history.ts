import { CurationError } from '../../errors.js';
import type { DrawDescription } from '../../model/split-draw.js';
import type { UnassignedCase } from '../../model/split.js';
import { ALGORITHM } from '../search/algorithm.js';
import type { DrawnCase } from '../assign.js';
import type { CatalogReader } from '../input/catalog-reader.js';
import { readRecord, type RecordIdentity, type RecordRow, type SplitRecord } from './record.js';
import type { SplitSettings } from '../input/settings.js';

type Cell = string | number | boolean | null;

/** What keeping assignments needs of the catalog. */
export interface SplitStore extends CatalogReader {
  run(sql: string, params?: readonly Cell[]): Promise<unknown>;
  transaction<T>(work: () => Promise<T>): Promise<T>;
  appender(table: string): Promise<{ appendRow(cells: readonly Cell[]): void; close(): void }>;
}

/** The last draw as the catalog keeps it. */
export interface Draw {
  input_digest: string;
  unassigned: UnassignedCase[];
}

/** What a draw came to, with what is needed to make it again. */
export interface NewDraw extends Draw {
  assigned: readonly DrawnCase[];
  description: DrawDescription;
  /** Every case of the draw with the least case that it is linked to. */
  members: readonly { case_id: string; linked_to: string; forced: boolean }[];
}

/** What the record of a split is bound to. */
export function identityOf({ name, seed }: SplitSettings): RecordIdentity {
  return { split: name, seed };
}

/**
 * Verifies the frozen record and brings the catalog's copy of it up to date.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE when cases are frozen in a part that is no more
 */
export async function openRecord(store: SplitStore, recordPath: string, settings: SplitSettings): Promise<SplitRecord> {
  const record = await checkRecord(store, recordPath, settings);
  const copied = await store.all<{ rows: number }>('SELECT count(*) AS rows FROM assignment WHERE split = ? AND frozen', [settings.name]);
  if (copied[0]?.rows !== record.rows.length) await writeHistory(store, settings.name, record);
  return record;
}

/**
 * Reads the record, and holds it against what the catalog knows: a chain cannot tell that its last rows were cut off.
 * @throws {CurationError} SPLIT_RECORD_TAMPERED, SPLIT_INFEASIBLE
 */
export async function checkRecord(store: CatalogReader, recordPath: string, settings: SplitSettings): Promise<SplitRecord> {
  const record = readRecord(recordPath, identityOf(settings));
  const known = await store.all<{ sequence: number; case_id: string; part: string }>(
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

/** Replaces the catalog's copy of the record; drawn rows of cases that are frozen by now go. */
export async function writeHistory(store: SplitStore, split: string, record: SplitRecord): Promise<void> {
  await store.transaction(async () => {
    const frozen = new Set(record.rows.map(({ case_id }) => case_id));
    const drawn = await store.all<Omit<RecordRow, 'since'>>(
      'SELECT case_id, group_id, part FROM assignment WHERE split = ? AND NOT frozen ORDER BY sequence',
      [split],
    );
    await writeAssignments(store, split, record, drawn.filter(({ case_id }) => !frozen.has(case_id)));
  });
}

/** Replaces the last draw. One that places nobody leaves the description of the one that did: that is what can be replayed. */
export async function writeDraw(store: SplitStore, settings: SplitSettings, record: SplitRecord, draw: NewDraw): Promise<void> {
  const placed = draw.assigned.filter(({ frozen }) => !frozen);
  await store.transaction(async () => {
    await store.run('DELETE FROM split WHERE split = ?', [settings.name]);
    await store.run('INSERT INTO split VALUES (?, ?, ?, ?, ?)', [settings.name, ALGORITHM, settings.seed, draw.input_digest, JSON.stringify(draw.unassigned)]);
    await writeAssignments(store, settings.name, record, placed);
    if (placed.length > 0) await writeDescription(store, settings.name, draw);
  });
}

async function writeDescription(store: SplitStore, split: string, { description, members }: NewDraw): Promise<void> {
  await store.run('DELETE FROM split_draw WHERE split = ?', [split]);
  await store.run('DELETE FROM split_member WHERE split = ?', [split]);
  await store.run('INSERT INTO split_draw VALUES (?, ?)', [split, JSON.stringify(description)]);
  const appender = await store.appender('split_member');
  for (const { case_id, linked_to, forced } of members) appender.appendRow([split, case_id, linked_to, forced]);
  appender.close();
}

/** The record first, under its own sequence, then the draw. */
async function writeAssignments(store: SplitStore, split: string, record: SplitRecord, drawn: readonly Omit<RecordRow, 'since'>[]): Promise<void> {
  await store.run('DELETE FROM assignment WHERE split = ?', [split]);
  const appender = await store.appender('assignment');
  let sequence = 0;
  for (const { case_id, group_id, part, since } of record.rows) appender.appendRow([split, ++sequence, case_id, group_id, part, true, since]);
  for (const { case_id, group_id, part } of drawn) appender.appendRow([split, ++sequence, case_id, group_id, part, false, null]);
  appender.close();
}

/**
 * The last draw of a split.
 * @throws {CurationError} SPLIT_NOT_ASSIGNED
 */
export async function readDraw(store: CatalogReader, split: string): Promise<Draw> {
  const [row] = await store.all<{ input_digest: string; unassigned: string }>('SELECT input_digest, unassigned::VARCHAR AS unassigned FROM split WHERE split = ?', [split]);
  if (row !== undefined) return { input_digest: row.input_digest, unassigned: JSON.parse(row.unassigned) as UnassignedCase[] };
  throw new CurationError('SPLIT_NOT_ASSIGNED', `The split ${split} has not been drawn yet.`, { suggestions: [`Run: colophon split assign ${split}`] });
}

/** What the last draw that placed a case was made from; null when the catalog does not know, having been built since. */
export async function readDescription(store: CatalogReader, split: string): Promise<DrawDescription | null> {
  const [row] = await store.all<{ draw: string }>('SELECT draw::VARCHAR AS draw FROM split_draw WHERE split = ?', [split]);
  return row === undefined ? null : (JSON.parse(row.draw) as DrawDescription);
}

/**
 * A frozen case must stay within its part of the split around, so that one has to be frozen first.
 * @throws {CurationError} SPLIT_INFEASIBLE
 */
export async function assertFrozenAround(catalog: CatalogReader, { name, within }: SplitSettings, cases: readonly string[]): Promise<void> {
  if (within === null) return;
  const rows = await catalog.all<{ case_id: string }>('SELECT case_id FROM assignments WHERE split = ? AND part = ? AND frozen', [within.split, within.part]);
  const frozen = new Set(rows.map(({ case_id }) => case_id));
  const open = cases.filter((id) => !frozen.has(id));
  if (open.length === 0) return;
  throw new CurationError('SPLIT_INFEASIBLE', `${open.length} cases of ${name} are not frozen in ${within.part} of ${within.split}, which it lies within.`, {
    suggestions: [`Run: colophon split freeze ${within.split}`],
  });
}
