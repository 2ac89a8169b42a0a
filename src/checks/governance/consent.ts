import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showName, showValue } from '../mask.js';
import { identifier, judgedRows, literal, rowLocation } from '../sql.js';
import { caseTable, keyColumn } from './released-rows.js';

/**
 * GOV-001: every released case has a recorded value that permits this use. Where the policy names no column, the gate
 * cannot know: for a public release that is a warning, because data of a waiver of consent have no such column.
 */
export const consentCheck: Check = {
  codes: ['GOV-001'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { consent, profile } = input.policy;
    if (consent === null && profile !== 'public') return coverage.notApplicable('GOV-001', 'the policy records no consent column');
    if (input.acceptedCases === 0) return coverage.notApplicable('GOV-001', 'no case is accepted');
    coverage.looked('GOV-001', input.acceptedCases);
    if (consent === null) return yield notRecorded();
    const table = caseTable(input);
    const column = columnName(consent.column, table);
    if (table === null || !table.columns.includes(column)) yield noColumn(table, column);
    else yield* judgeCases(input, table, column, consent.permits);
  },
};

/** The policy may write the column as `table.column`. */
function columnName(column: string, table: ClinicalTable | null): string {
  return table !== null && !table.columns.includes(column) && column.startsWith(`${table.name}.`) ? column.slice(table.name.length + 1) : column;
}

function notRecorded(): FindingDraft {
  return {
    code: 'GOV-001',
    level: 'warning',
    message: 'Nothing records that the cases may be published.',
    location: { kind: 'dataset' },
    hint: 'Name the column of the case table: gate: {consent: {column: COLUMN, permits: [VALUE]}}',
    expected: 'a consent or waiver for each case',
    content: 'not recorded',
  };
}

function noColumn(table: ClinicalTable | null, column: string): FindingDraft {
  return {
    code: 'GOV-001',
    message: 'The column that records consent is not there, so no case may be published.',
    location: table === null ? { kind: 'dataset', column } : { ...tableLocation(table), column },
    expected: `a column ${showName(column)} of the case table`,
    found: table === null ? 'no case table' : 'no such column',
    content: column,
  };
}

async function* judgeCases({ catalog }: CheckInput, table: ClinicalTable, column: string, permits: readonly string[]): AsyncGenerator<FindingDraft> {
  const list = [...permits.map(literal), 'NULL'].join(', ');
  const sql = `
    SELECT source, source_row, ${keyColumn(table)} AS key, ${identifier(column)} AS value FROM ${judgedRows(table)}
    WHERE NOT coalesce(${identifier(column)} IN (${list}), false) ORDER BY source, source_row`;
  const schema = table.schema?.columns.find(({ name }) => name === column);
  for await (const rows of catalog.stream<{ source: string; source_row: number; key: string | null; value: string | null }>(sql))
    for (const row of rows)
      yield {
        code: 'GOV-001',
        message: 'The case has no record that permits this use.',
        location: rowLocation(table, row, column),
        expected: permits.map((value) => showName(value)).join(', '),
        found: row.value === null ? 'nothing' : showValue(row.value, schema),
        content: row.value ?? '',
      };
}
