import { CurationError } from '../../errors.js';
import { sha256Hex } from '../../fixity/digest.js';
import type { SplitConfig } from '../../model/config.js';
import type { ImportReport, TornGroup } from '../../model/split-import.js';
import type { CaseSource } from '../input/catalog-reader.js';
import { parseList } from '../lists/delimited-list.js';
import { appendDrawLog } from './draw-log.js';
import { linkGroups, type Tie } from '../input/groups.js';
import { assertFrozenAround, identityOf, openRecord, writeHistory, type SplitStore } from './history.js';
import { loadInput } from '../input/load.js';
import { readMasterList, type ListedCase, type MasterListOptions } from '../lists/master-list.js';
import { byCodeUnit } from '../input/problem.js';
import { appendRecord, type RecordRow, type SplitRecord } from './record.js';
import { readSettings } from '../input/settings.js';

/** A former master list, and how to read it. */
export interface ImportRequest extends Omit<MasterListOptions, 'parts'> {
  /** Name of the file, for messages. */
  path: string;
  bytes: Uint8Array;
  /** Date that goes into the record, YYYY-MM-DD. */
  since: string;
  /** Take linked cases in two parts as they are. */
  keepTorn: boolean;
  dryRun: boolean;
}

/** Where a split's record lies and what it is about. */
export interface ImportTarget extends CaseSource {
  name: string;
  config: SplitConfig;
  recordPath: string;
}

/** Cases or groups that a message or a report names. */
const MAX_NAMED = 20;
const MAX_TORN_CASES = 10;

/**
 * Makes a former master list frozen history: its cases are appended to the record, those of which nothing is known now too.
 * All of it, or nothing.
 * @throws {CurationError} SPLIT_LIST_INVALID when it contradicts itself or the record; SPLIT_CONFLICT when linked cases are in
 *   two parts and `keepTorn` is not set; SPLIT_INFEASIBLE, SPLIT_RECORD_TAMPERED, DISK_FULL
 */
export async function importRecord(store: SplitStore, target: ImportTarget, request: ImportRequest): Promise<ImportReport> {
  const settings = readSettings(target.name, target.config);
  const record = await openRecord(store, target.recordPath, settings);
  const parts = settings.parts.map(({ name }) => name);
  const list = readMasterList(parseList(request.bytes, request.path), { ...request, parts }, request.path);
  const added = newCases(list.cases, record, request.path);
  const { input } = await loadInput(store, settings, target, record.rows);
  const accepted = new Set(input.cases);
  const { rows, torn } = placeInGroups(added, record, input.cases, input.ties, request.since);
  if (torn.length > 0 && !request.keepTorn) throw tornError(torn, request.path);
  await assertFrozenAround(store, settings, added.flatMap(({ case_id }) => (accepted.has(case_id) ? [case_id] : [])));
  const known = new Set((await store.all<{ case_id: string }>('SELECT case_id FROM case_')).map(({ case_id }) => case_id));
  const imported = sha256Hex(request.bytes);
  const extended = request.dryRun ? record : await append(store, target, record, rows, { since: request.since, imported, identity: identityOf(settings) });
  const unknown = added.filter(({ case_id }) => !known.has(case_id));
  const now = added.filter(({ case_id }) => accepted.has(case_id)).length;
  return {
    split: target.name,
    dry_run: request.dryRun,
    list_sha256: imported,
    rows: list.rows,
    added: added.length,
    already: list.cases.length - added.length,
    repeated: list.repeated,
    without_part: list.without_part,
    parts: Object.fromEntries(parts.map((part) => [part, added.filter((one) => one.part === part).length])),
    accepted: now,
    not_accepted: added.length - now - unknown.length,
    unknown: unknown.length,
    unknown_cases: unknown.slice(0, MAX_NAMED).map(({ case_id }) => case_id),
    torn: torn.slice(0, MAX_NAMED),
    frozen: record.rows.length + added.length,
    digest: extended.digest,
  };
}

async function append(store: SplitStore, { name, recordPath }: ImportTarget, record: SplitRecord, rows: RecordRow[], batch: { since: string; imported: string; identity: Parameters<typeof appendRecord>[2] }): Promise<SplitRecord> {
  appendDrawLog(recordPath, record.rows.length, rows.length, { since: batch.since, draw: null, imported: batch.imported });
  const extended = appendRecord(recordPath, record, batch.identity, rows);
  await writeHistory(store, name, extended);
  return extended;
}

/** The cases that the record does not have yet; what it has must agree. */
function newCases(cases: readonly ListedCase[], record: SplitRecord, path: string): ListedCase[] {
  const frozen = new Map(record.rows.map(({ case_id, part }) => [case_id, part]));
  const moved = cases.filter(({ case_id, part }) => (frozen.get(case_id) ?? part) !== part);
  if (moved.length > 0) {
    const lines = moved.slice(0, MAX_NAMED).map(({ case_id, part, line }) => `  ${path}:${line}: ${case_id} is in ${part} here, and frozen in ${frozen.get(case_id)}`);
    const more = moved.length > MAX_NAMED ? [`  and ${moved.length - MAX_NAMED} more`] : [];
    throw new CurationError('SPLIT_LIST_INVALID', [`${path} contradicts the record of the split; nothing was written:`, ...lines, ...more].join('\n'), {
      suggestions: ['A frozen case never moves: take these lines out of the list.', 'Or import the list into a split of its own, under another name.'],
    });
  }
  return cases.filter(({ case_id }) => !frozen.has(case_id));
}

/** Rows for the record, by case id; and linked cases that the list has in two parts. Only accepted cases can be torn. */
function placeInGroups(added: readonly ListedCase[], record: SplitRecord, cases: readonly string[], ties: readonly Tie[], since: string): { rows: RecordRow[]; torn: TornGroup[] } {
  const [listed, frozen] = [new Map(added.map((one) => [one.case_id, one])), new Map(record.rows.map((row) => [row.case_id, row]))];
  const accepted = new Set(cases);
  const ids = [...new Set([...cases, ...frozen.keys(), ...listed.keys()])].sort(byCodeUnit);
  const { count, groupOf } = linkGroups(ids, ties);
  const groups = Array.from({ length: count }, (): { name: string | null; bound: TornGroup['cases']; fresh: boolean } => ({ name: null, bound: [], fresh: false }));
  for (const [index, id] of ids.entries()) {
    const [group, row, one] = [groups[groupOf[index]!]!, frozen.get(id), listed.get(id)];
    if (row !== undefined && (group.name === null || row.group_id < group.name)) group.name = row.group_id;
    if (one !== undefined && accepted.has(id)) group.fresh = true;
    const part = row?.part ?? one?.part;
    if (part !== undefined && accepted.has(id)) group.bound.push({ case_id: id, part, line: one?.line ?? null });
  }
  const first: (string | undefined)[] = Array.from({ length: count });
  const rows = ids.flatMap((case_id, index) => {
    const at = groupOf[index]!;
    first[at] ??= case_id;
    const one = listed.get(case_id);
    return one === undefined ? [] : [{ case_id, group_id: groups[at]!.name ?? first[at]!, part: one.part, since }];
  });
  const torn = groups.filter(({ fresh, bound }) => fresh && new Set(bound.map(({ part }) => part)).size > 1);
  return { rows, torn: torn.map(({ bound }) => ({ cases: nameTorn(bound) })) };
}

function nameTorn(bound: TornGroup['cases']): TornGroup['cases'] {
  const seen = new Map<string, number>();
  const sorted = bound.toSorted((a, b) => byCodeUnit(a.part, b.part) || byCodeUnit(a.case_id, b.case_id));
  // some of every part, so that both sides are seen
  return sorted.filter(({ part }) => (seen.set(part, (seen.get(part) ?? 0) + 1).get(part) ?? 0) <= MAX_TORN_CASES / 2);
}

function tornError(torn: readonly TornGroup[], path: string): CurationError {
  const told = torn.slice(0, MAX_NAMED).map(({ cases }) => `  ${cases.map(({ case_id, part, line }) => `${case_id} is in ${part} (${line === null ? 'frozen before' : `line ${line}`})`).join(', ')}`);
  const more = torn.length > MAX_NAMED ? [`  and ${torn.length - MAX_NAMED} more`] : [];
  return new CurationError('SPLIT_CONFLICT', [`${path} has linked cases in different parts; nothing was written:`, ...told, ...more].join('\n'), {
    suggestions: [
      'Correct the link, when it is wrong, at its source.',
      'Withdraw the cases on one side first: colophon release withdraw CASE --reason duplicate',
      'Take history as it was, and decide later: the same command with --keep-torn',
    ],
  });
}
