import type { CheckOutcome, CheckReport, FindingGroup, WaivedFinding } from '../model/check.js';
import { LEVELS, type Finding, type Level, type Location, type Waiver } from '../model/finding.js';
import type { CatalogReader } from './check.js';
import { CODES, isCode } from './codes.js';

/** Findings of one rule with the same level, message, table and column, with the first of them in order of place. */
interface GroupRow {
  code: string;
  level: Level;
  message: string;
  tbl: string | null;
  col: string | null;
  waived: boolean;
  n: number;
  first: { path: string; line: number; key: string; fingerprint: string; location: string; hint: string; expected: string; found: string }[];
}

/** The part of a report that is read back from the findings: counted, capped, in an order that no run changes. */
export type FindingSummary = Pick<CheckReport, 'findings' | 'groups' | 'waived'> & {
  levels: Record<Level, number>;
  /** [standing, waived] findings per rule. */
  counts: Map<string, [number, number]>;
};

/** Least first, so that what has no line comes before what has one; '' stands for nothing. */
function groupQuery(table: string, limit: number): string {
  return `
    SELECT code, level, message, location->>'$.table' AS tbl, location->>'$.column' AS col, waived, count(*) AS n,
      min({path: coalesce(location->>'$.path', ''), line: coalesce((location->>'$.line')::DOUBLE, 0), key: coalesce(location->>'$.key', ''),
           fingerprint: fingerprint, location: location::VARCHAR, hint: coalesce(hint, ''), expected: coalesce(expected, ''), found: coalesce(found, '')}, ${limit}) AS first
    FROM ${table} GROUP BY ALL`;
}

/**
 * Reads the findings of a run back. At most `limit` of a rule are listed, and each message and column gets its share, so
 * that a million equal findings hide no other one; all are counted.
 */
export async function summariseFindings(catalog: CatalogReader, table: string, waivers: readonly Waiver[], limit: number): Promise<FindingSummary> {
  const rows = (await catalog.all<GroupRow>(groupQuery(table, limit))).sort(compareGroups);
  const standing = rows.filter(({ waived }) => !waived);
  const waived = rows.filter((row) => row.waived);
  const waiverByKey = new Map(waivers.map((waiver) => [`${waiver.code} ${waiver.fingerprint}`, waiver]));
  return {
    levels: Object.fromEntries(LEVELS.map((level) => [level, total(standing.filter((row) => row.level === level))])) as Record<Level, number>,
    counts: new Map([...new Set(rows.map(({ code }) => code))].map((code) => [code, [totalOf(standing, code), totalOf(waived, code)]])),
    findings: listFindings(standing, limit),
    groups: listGroups(standing, limit),
    waived: listFindings(waived, limit).map((finding) => withWaiver(finding, waiverByKey)),
  };
}

/** What each rule did, with its numbers of findings. */
export function completeOutcomes(outcomes: Omit<CheckOutcome, 'findings' | 'waived'>[], { counts }: FindingSummary): CheckOutcome[] {
  return outcomes.map((outcome) => {
    const [findings, waived] = counts.get(outcome.code) ?? [0, 0];
    return { ...outcome, findings, waived };
  });
}

function total(rows: GroupRow[]): number {
  return rows.reduce((sum, { n }) => sum + n, 0);
}

function totalOf(rows: GroupRow[], code: string): number {
  return total(rows.filter((row) => row.code === code));
}

/** Gravest first, then by rule; within a rule by place. */
function compareGroups(a: GroupRow, b: GroupRow): number {
  return (
    LEVELS.indexOf(a.level) - LEVELS.indexOf(b.level) ||
    positionOf(a.code) - positionOf(b.code) ||
    compareText(a.tbl ?? '', b.tbl ?? '') ||
    compareText(a.col ?? '', b.col ?? '') ||
    compareText(a.message, b.message)
  );
}

const POSITIONS = new Map([...CODES.keys()].map((code, index) => [code, index]));

function positionOf(code: string): number {
  return isCode(code) ? (POSITIONS.get(code) ?? CODES.size) : CODES.size;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function listFindings(rows: GroupRow[], limit: number): Finding[] {
  const byCode = groupBy(rows, ({ code }) => code);
  const shares = new Map<GroupRow, number>();
  for (const groups of byCode.values()) for (const [group, share] of shareOut(groups, limit)) shares.set(group, share);
  return rows.flatMap((row) => row.first.slice(0, shares.get(row) ?? 0).map((first) => toFinding(row, first)));
}

/** How many findings each group of a rule may list: as even as their sizes allow, at most `limit` in all. */
function shareOut(groups: GroupRow[], limit: number): Map<GroupRow, number> {
  const shares = new Map<GroupRow, number>();
  let left = limit;
  const bySize = groups.toSorted((a, b) => a.first.length - b.first.length);
  for (const [index, group] of bySize.entries()) {
    const share = Math.min(group.first.length, Math.ceil(left / (bySize.length - index)));
    shares.set(group, share);
    left -= share;
  }
  return shares;
}

function toFinding({ code, level, message }: GroupRow, first: GroupRow['first'][number]): Finding {
  return {
    code,
    level,
    message,
    location: JSON.parse(first.location) as Location,
    ...(first.hint === '' ? {} : { hint: first.hint }),
    ...(first.expected === '' ? {} : { expected: first.expected }),
    ...(first.found === '' ? {} : { found: first.found }),
    fingerprint: first.fingerprint,
  };
}

function listGroups(rows: GroupRow[], limit: number): FindingGroup[] {
  const seen = new Map<string, number>();
  const bySize = rows.toSorted((a, b) => (a.code === b.code && a.level === b.level ? b.n - a.n : 0));
  return bySize.flatMap(({ code, level, message, tbl, col, n }) => {
    const listed = seen.get(code) ?? 0;
    seen.set(code, listed + 1);
    return listed < limit ? [{ code, level, message, table: tbl, column: col, count: n }] : [];
  });
}

function withWaiver(finding: Finding, waivers: ReadonlyMap<string, Waiver>): WaivedFinding {
  const waiver = waivers.get(`${finding.code} ${finding.fingerprint}`);
  if (waiver === undefined) throw new TypeError(`a waived finding without its waiver: ${finding.code}`);
  return { ...finding, waiver: { reason: waiver.reason, approver: waiver.approver, expiry: waiver.expiry } };
}

/** The rows by a text that each has, in order of first appearance. */
export function groupBy<Row>(rows: readonly Row[], keyOf: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
