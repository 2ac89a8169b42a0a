import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';
import { showName } from './mask.js';

interface MendedRow {
  table_name: string;
  column_name: string;
  rule: string;
  cells: number;
  spellings: number;
  merging: number;
}

interface LeftRow extends Pick<MendedRow, 'table_name' | 'column_name' | 'rule' | 'cells'> {
  reason: string;
}

const WHERE_TO_LOOK = 'Every spelling and its count: colophon query "FROM harmonization"';

/** SCH-022 to SCH-024: what the rules of `harmonize` mended, what they left, and studies that the table of LOINC codes does not map. */
export const mendedCellsCheck: Check = {
  codes: ['SCH-022', 'SCH-023', 'SCH-024'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const [mended] = await input.catalog.all<{ n: number }>('SELECT count(*) AS n FROM mended_table');
    if (mended === undefined || mended.n === 0) {
      for (const code of ['SCH-022', 'SCH-023', 'SCH-024'] as const) coverage.notApplicable(code, 'no rule that mends spellings is about the tables');
      return;
    }
    yield* judgeMended(input, coverage);
    yield* judgeLeft(input, coverage);
    yield* judgeUnmapped(input, coverage);
  },
};

async function* judgeMended({ catalog }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
  const rows = await catalog.all<MendedRow>(`
    SELECT table_name, column_name, rule, sum(row_count)::BIGINT AS cells, count(*) AS spellings, coalesce(sum(row_count) FILTER (merges), 0)::BIGINT AS merging
    FROM harmonization WHERE outcome = 'mended' GROUP BY table_name, column_name, rule ORDER BY table_name, column_name, rule`);
  coverage.looked('SCH-022', await subjects(catalog));
  for (const { table_name, column_name, rule, cells, spellings, merging } of rows)
    yield {
      code: 'SCH-022',
      message: `The rule ${showName(rule)} mended ${cells === 1 ? 'a cell' : `${cells} cells`}: what is released is not what was delivered.`,
      location: columnLocation(table_name, column_name),
      found: `${spellings} ${spellings === 1 ? 'change' : 'changes'}${merging === 0 ? '' : `, ${merging} cells to a term that other spellings became too`}`,
      hint: WHERE_TO_LOOK,
      content: [rule, cells, spellings].join('\t'),
    };
}

async function* judgeLeft({ catalog }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
  const rows = await catalog.all<LeftRow>(`
    SELECT table_name, column_name, rule, reason, sum(row_count)::BIGINT AS cells
    FROM harmonization WHERE outcome = 'left' GROUP BY table_name, column_name, rule, reason ORDER BY table_name, column_name, rule, reason`);
  coverage.looked('SCH-023', await subjects(catalog));
  for (const { table_name, column_name, rule, reason, cells } of rows)
    yield {
      code: 'SCH-023',
      message: `${cells === 1 ? 'A cell is' : `${cells} cells are`} left as delivered by the rule ${showName(rule)}: ${reason}.`,
      location: columnLocation(table_name, column_name),
      hint: 'Mend the cells at their source, or declare a rule for their spelling in `harmonize.rules`.',
      content: [rule, reason, cells].join('\t'),
    };
}

async function* judgeUnmapped({ catalog, tables }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
  const rows = await catalog.all<{ table_name: string; modality: string; codes: number; descriptions: number; n: number }>(`
    SELECT table_name, modality, codes, count(*) AS descriptions, sum(row_count)::BIGINT AS n FROM unmapped GROUP BY table_name, modality, codes ORDER BY ALL`);
  const judged = tables.filter(({ columns }) => columns.includes('loinc_code')).reduce((sum, table) => sum + table.rows, 0);
  if (judged === 0) return coverage.notApplicable('SCH-024', 'no table has LOINC codes of studies');
  coverage.looked('SCH-024', judged);
  for (const { table_name, modality, codes, descriptions, n } of rows)
    yield {
      code: 'SCH-024',
      message: `${n === 1 ? 'A study has' : `${n} studies have`} no LOINC code: ${codes === 0 ? 'the table of study descriptions does not know' : 'it gives several codes for'} ${descriptions === 1 ? 'its description' : `${descriptions} descriptions`}.`,
      location: columnLocation(table_name, 'loinc_code'),
      found: showModality(modality),
      hint: 'The descriptions: colophon query "FROM unmapped"',
      content: [modality, codes, descriptions, n].join('\t'),
    };
}

/** Terms of two letters name nobody; a longer one may be anything. */
function showModality(modality: string): string {
  if (modality === '') return 'no modality';
  return /^[A-Z]{2}(?:,[A-Z]{2})*$/.test(modality) ? `modality ${modality}` : 'another modality';
}

function columnLocation(table: string, column: string): FindingDraft['location'] {
  return { kind: 'table', table, column };
}

/** Cells that rules are about, at least: rows of the tables that they are about. */
async function subjects(catalog: CheckInput['catalog']): Promise<number> {
  const [row] = await catalog.all<{ n: number }>('SELECT greatest(1, coalesce(sum(row_count), 0))::BIGINT AS n FROM table_file WHERE table_name IN (SELECT table_name FROM mended_table)');
  return row?.n ?? 1;
}
