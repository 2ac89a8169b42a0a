import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { showName } from '../mask.js';

/** Columns that a finding names. */
const SHOWN = 5;

/** GOV-011: every table and column that is released is described; one finding a table. */
export const codebookCheck: Check = {
  codes: ['GOV-011'],
  async *run({ pack, tables }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (pack === null || tables.length === 0) return coverage.notApplicable('GOV-011', pack === null ? 'no schema is configured' : 'no clinical table was loaded');
    for (const table of tables) {
      const { schema, columns } = table;
      coverage.looked('GOV-011', columns.length);
      const described = new Set(schema?.columns.flatMap(({ name, description }) => ((description ?? '').trim() === '' ? [] : [name])));
      const bare = columns.filter((name) => !described.has(name));
      const base = { code: 'GOV-011' as const, location: tableLocation(table) };
      if (schema === null) yield { ...base, message: 'No schema describes the table.', expected: 'a schema with a description of each column', found: `${columns.length} columns`, content: columns.join('\t') };
      else if (bare.length > 0)
        yield { ...base, message: 'The schema does not describe every column of the table.', expected: 'a description of each column', found: `${bare.length} without: ${bare.slice(0, SHOWN).map(showName).join(', ')}`, content: bare.join('\t') };
      if (schema !== null && (schema.description ?? '').trim() === '')
        yield { ...base, message: 'The schema does not say what a row of the table is.', expected: 'a description of the table', content: table.name };
    }
  },
};
