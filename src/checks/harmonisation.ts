import { foldDescription, studyMappings, type StudyMapping } from '../facts/study-descriptions.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from './check.js';
import { keyColumn } from './governance/released-rows.js';
import { showLink, showName, showValue } from './mask.js';
import { identifier, judgedRows, rowLocation } from './sql.js';
import { groupBy } from './summary.js';

const CODE = 'loinc_code';
const NAME = 'loinc_long_common_name';

/** What studies that agree in all four say, with how often they do and the first of them. */
interface StudyRow {
  description: string | null;
  modality: string | null;
  code: string;
  name: string | null;
  n: number;
  first: { source: string; source_row: number; key: string | null };
}

/** SCH-016: LOINC codes of studies against the harmonisation table, and codes against their names. */
export const harmonisationCheck: Check = {
  codes: ['SCH-016'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const tables = input.tables.filter(({ columns }) => columns.includes(CODE));
    if (tables.length === 0) return coverage.notApplicable('SCH-016', 'no table has LOINC codes of studies');
    for (const table of tables) yield* judgeTable(input, coverage, table);
  },
};

async function* judgeTable({ catalog }: CheckInput, coverage: Coverage, table: ClinicalTable): AsyncGenerator<FindingDraft> {
  const column = (name: string): string => (table.columns.includes(name) ? identifier(name) : 'NULL::VARCHAR');
  const sql = `
    SELECT ${column('study_description')} AS description, ${column('study_modality')} AS modality, ${identifier(CODE)} AS code, ${column(NAME)} AS name,
      count(*) AS n, min({source: source, source_row: source_row, key: ${keyColumn(table)}}) AS first
    FROM ${judgedRows(table)} WHERE ${identifier(CODE)} <> '' GROUP BY ALL ORDER BY ALL`;
  const names = new NameBook();
  let rows = 0;
  for await (const chunk of catalog.stream<StudyRow>(sql))
    for (const row of chunk) {
      rows += row.n;
      yield* judgeStudy(table, row, names);
    }
  // Where no study has a code, there is nothing that could disagree.
  if (rows > 0) coverage.looked('SCH-016', rows);
  else coverage.notApplicable('SCH-016', 'no study has a LOINC code');
}

function* judgeStudy(table: ClinicalTable, row: StudyRow, names: NameBook): Generator<FindingDraft> {
  const { code, name, n, first } = row;
  const often = `in ${n} ${n === 1 ? 'row' : 'rows'}${first.key === null ? '' : `, first ${showName(first.key)}`}`;
  const base = { code: 'SCH-016' as const };
  const expected = codesOf(row);
  if (expected.length > 0 && !expected.includes(code))
    yield {
      ...base,
      message: 'The code is not the one that the harmonisation table gives studies of this description and modality.',
      location: rowLocation(table, { source: first.source, source_row: first.source_row }, CODE),
      expected: expected.join(' or '),
      found: `${showLink(code)} ${often}`,
      content: [code, row.description, row.modality].join('\t'),
    };
  if (name === null || name.trim() === '') return;
  const location = rowLocation(table, { source: first.source, source_row: first.source_row }, NAME);
  const known = longName(code);
  if (known !== undefined && known !== name.trim())
    yield { ...base, message: 'The long name is not that of the code.', location, expected: known, found: `${showValue(name, undefined)} ${often}`, content: `${code}\t${name}` };
  else if (known === undefined && names.isSecond(code, name.trim()))
    yield { ...base, message: 'One code has several long names.', location, expected: `one long name for ${showLink(code)}`, found: `${showValue(name, undefined)} ${often}`, content: `${code}\t${name}` };
}

/** The codes that the table gives a study; none when it does not know the description for any of its modalities. */
function codesOf({ description, modality }: StudyRow): string[] {
  if (description === null || modality === null) return [];
  const modalities = new Set(modality.split(',').map((each) => each.trim()));
  const known = mappingsOf(foldDescription(description));
  return [...new Set(known.filter((mapping) => mapping.modalities.some((each) => modalities.has(each))).map(({ code }) => code))].sort();
}

/** The harmonisation table by description, and the one long name of each of its codes; made when first asked. */
const TABLE = { descriptions: null as Map<string, StudyMapping[]> | null, names: null as Map<string, string> | null };

function mappingsOf(description: string): readonly StudyMapping[] {
  TABLE.descriptions ??= groupBy(studyMappings(), (mapping) => mapping.description);
  return TABLE.descriptions.get(description) ?? [];
}

function longName(code: string): string | undefined {
  TABLE.names ??= new Map(studyMappings().map((mapping) => [mapping.code, mapping.name]));
  return TABLE.names.get(code);
}

/** The first long name of each code that the table does not know. */
class NameBook {
  private readonly names = new Map<string, string>();

  /** Whether the code had another name before. */
  isSecond(code: string, name: string): boolean {
    const first = this.names.get(code);
    if (first === undefined) this.names.set(code, name);
    return first !== undefined && first !== name;
  }
}
