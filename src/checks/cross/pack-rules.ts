import type { AnchorRule, EvidenceRule, OffsetRule } from '../../model/cross-rule.js';
import type { Check, CheckInput, ClinicalTable } from '../check.js';
import { showValue } from '../mask.js';
import { identifier, literal, rowLocation } from '../sql.js';
import { crossCheck, type CrossQuery, type PlacedRow } from './cross-check.js';
import { casesOf, rowsOf } from './meeting.js';
import { chosenRows, dayOf, isOneOf, tableWith } from './row-choice.js';

interface RuleRow extends PlacedRow {
  cell: string;
  n: number;
}

const NO_RULE = 'the schema pack has no such rule for the tables that were loaded';

/** XCK-011 and XCK-013: labels and flags against the rows that bear them out. */
export const evidenceCheck: Check = crossCheck<RuleRow>(['XCK-011', 'XCK-013'], (input) => {
  const queries = rulesOf(input, 'evidence').flatMap((rule) => evidenceQuery(input, rule));
  return queries.length === 0 ? NO_RULE : queries;
});

function rulesOf<K extends 'evidence' | 'offsets' | 'anchor'>(input: CheckInput, kind: K): Extract<EvidenceRule | OffsetRule | AnchorRule, { kind: K }>[] {
  return (input.pack?.cross ?? []).filter((rule): rule is Extract<EvidenceRule | OffsetRule | AnchorRule, { kind: K }> => rule.kind === kind);
}

function evidenceQuery(input: CheckInput, rule: EvidenceRule): CrossQuery<RuleRow>[] {
  const table = tableWith(input, rule.table, [rule.column]);
  const evidence = chosenRows(input, rule.evidence);
  if (table === undefined || evidence === null) return [];
  const [needs, forbids] = [isOneOf('cell', rule.needs ?? []), isOneOf('cell', rule.forbids ?? [])];
  const rows = `(SELECT source, source_row, any_value(key) AS key, any_value(cell) AS cell, count(e.case_id) AS n
    FROM ${cellsOf(table, rule.column)} JOIN ${casesOf(table)} USING (source, source_row)
    LEFT JOIN (SELECT DISTINCT case_id FROM ${evidence}) AS e USING (case_id) GROUP BY source, source_row)`;
  const judged = `(SELECT * FROM ${rows} WHERE ${needs} OR ${forbids})`;
  return [
    {
      code: rule.rule,
      subjects: judged,
      sql: `SELECT * FROM ${judged} WHERE (${needs} AND n = 0) OR (${forbids} AND n > 0)`,
      draft: (row) => ({
        message: row.n === 0 ? `${rule.column} needs a row of ${rule.evidence.table} that bears it out.` : `${rule.column} is contradicted by a row of ${rule.evidence.table}.`,
        location: rowLocation(table, row, rule.column),
        expected: row.n === 0 ? `such a row: ${describe(rule.evidence)}` : `no row with ${describe(rule.evidence)}`,
        found: showCell(table, rule.column, row.cell),
        content: `${row.cell} ${row.n}`,
      }),
    },
  ];
}

/** XCK-012: lists of days between a row and other events of its case. */
export const offsetCheck: Check = crossCheck<RuleRow>(['XCK-012'], (input) => {
  const queries = rulesOf(input, 'offsets').flatMap((rule) => offsetQuery(input, rule));
  return queries.length === 0 ? NO_RULE : queries;
});

/** Compared as sets. An empty cell says nothing; where an event has no day, the list may be longer than what is known. */
function offsetQuery(input: CheckInput, rule: OffsetRule): CrossQuery<RuleRow>[] {
  const table = tableWith(input, rule.table, [rule.column, rule.from]);
  const events = chosenRows(input, rule.to);
  if (table === undefined || events === null) return [];
  const separator = literal(table.schema?.listSeparator ?? ',');
  const days = `(SELECT case_id, list(DISTINCT day) FILTER (day IS NOT NULL) AS days, count(*) FILTER (day IS NULL) AS undated FROM ${events} GROUP BY case_id)`;
  const rows = `(SELECT source, source_row, key, cell, coalesce(days, []::BIGINT[]) AS days, coalesce(undated, 0) AS undated, start,
      list_distinct(list_transform(string_split(cell, ${separator}), x -> round(try_cast(trim(x) AS DOUBLE))::BIGINT)) AS listed
    FROM ${cellsOf(table, rule.column, [`${dayOf(rule.from)} AS start`])} JOIN ${casesOf(table)} USING (source, source_row) LEFT JOIN ${days} USING (case_id)
    WHERE start IS NOT NULL)`;
  const expected = 'list_transform(days, x -> x - start)';
  return [
    {
      code: 'XCK-012',
      subjects: rows,
      sql: `SELECT source, source_row, key, cell, len(days)::BIGINT AS n FROM ${rows}
        WHERE NOT list_has_all(listed, ${expected}) OR (undated = 0 AND NOT list_has_all(${expected}, listed))`,
      draft: (row) => ({
        message: `${rule.column} does not list the days from the row to the rows of ${rule.to.table}.`,
        location: rowLocation(table, row, rule.column),
        expected: `${rule.to.column} less ${rule.from} of ${row.n} ${row.n === 1 ? 'row' : 'rows'}: ${describe(rule.to)}`,
        found: showCell(table, rule.column, row.cell),
        content: row.cell,
      }),
    },
  ];
}

/** XCK-015: the index event is one a case, and day 0. */
export const anchorCheck: Check = crossCheck<RuleRow>(['XCK-015'], (input) => {
  const queries = rulesOf(input, 'anchor').flatMap((rule) => [...oneEvent(input, rule), ...rule.anchors.flatMap((anchor) => anchorQuery(input, rule, anchor))]);
  return queries.length === 0 ? NO_RULE : queries;
});

function oneEvent(input: CheckInput, rule: AnchorRule): CrossQuery<RuleRow>[] {
  const table = tableWith(input, rule.table, [rule.column]);
  if (table === undefined) return [];
  const rows = `(SELECT * FROM ${cellsOf(table, rule.column)} JOIN ${casesOf(table)} USING (source, source_row))`;
  return [
    {
      code: 'XCK-015',
      subjects: rows,
      sql: `SELECT '' AS source, 0 AS source_row, case_id AS key, '' AS cell, count(DISTINCT cell) AS n FROM ${rows} GROUP BY case_id HAVING count(DISTINCT cell) > 1`,
      draft: (row) => ({
        message: `The case has more than one ${rule.column}.`,
        location: { kind: 'case', key: row.key ?? '' },
        expected: 'one',
        found: String(row.n),
        content: String(row.n),
      }),
    },
  ];
}

/**
 * A first event before day 0 contradicts the index event. That none lies on day 0 is a warning: the event itself may be no
 * part of the dataset. Cases without a dated row of its kind are not judged.
 */
function anchorQuery(input: CheckInput, rule: AnchorRule, { value, event, first = false }: AnchorRule['anchors'][number]): CrossQuery<RuleRow>[] {
  const table = tableWith(input, rule.table, [rule.column]);
  const events = chosenRows(input, event);
  if (table === undefined || events === null) return [];
  const days = `(SELECT case_id, ${first ? 'min(day) = 0' : 'bool_or(day = 0)'} AS met, ${first ? 'min(day) < 0' : 'false'} AS before FROM ${events} WHERE day IS NOT NULL GROUP BY case_id)`;
  const rows = `(SELECT * FROM ${cellsOf(table, rule.column)} JOIN ${casesOf(table)} USING (source, source_row) JOIN ${days} USING (case_id) WHERE ${isOneOf('cell', [value])})`;
  return [
    {
      code: 'XCK-015',
      subjects: rows,
      sql: `SELECT source, source_row, key, cell, before::BIGINT AS n FROM ${rows} WHERE NOT met`,
      draft: (row) => ({
        ...(row.n > 0 ? {} : { level: 'warning' as const }),
        message: row.n > 0 ? `The event that ${rule.column} names was not the first of its kind.` : `No event of the kind that ${rule.column} names is on day 0.`,
        location: rowLocation(table, row, rule.column),
        expected: `${event.column} 0 in ${first ? 'the first' : 'a'} row of ${event.table}`,
        found: showCell(table, rule.column, row.cell),
        content: `${row.cell} ${row.n}`,
      }),
    },
  ];
}

/** (source, source_row, key, cell, more...) of the judged rows whose cell is filled. */
function cellsOf(table: ClinicalTable, column: string, more: readonly string[] = []): string {
  const name = identifier(column);
  return rowsOf(table, [`${name} AS cell`, ...more], `${name} <> ''`);
}

function showCell(table: ClinicalTable, column: string, cell: string): string {
  return showValue(cell, table.schema?.columns.find(({ name }) => name === column));
}

/** The choice in words, from the pack: names and values that the schema declares. */
function describe({ where = {}, filled = [] }: { where?: Record<string, string[]>; filled?: string[] }): string {
  const parts = [...Object.entries(where).map(([column, values]) => `${column} ${values.join(' or ')}`), ...(filled.length === 0 ? [] : [`${filled.join(' or ')} filled`])];
  return parts.length === 0 ? 'any' : parts.join(', ');
}
