import type { DatasetConfig } from '../../model/config.js';
import type { Level } from '../../model/finding.js';
import type { Check, CheckInput, ClinicalTable, Coverage, FindingDraft } from '../check.js';
import { tableLocation } from '../columns.js';
import { identifier, judgedRows } from '../sql.js';

/** Texts of the templates of `colophon init` that say nothing about a dataset. */
const PLACEHOLDERS = new Set(['Untitled imaging dataset', 'What the cases are, who sent them, how they were curated.', 'Your institution']);

/** What a dataset must say of itself, and how grave its absence is in a public release. */
const MEMBERS: readonly { key: keyof DatasetConfig; level: Level; what: string; texts(dataset: DatasetConfig): string[] }[] = [
  { key: 'title', level: 'error', what: 'title', texts: ({ title }) => [title] },
  { key: 'description', level: 'error', what: 'description', texts: ({ description }) => (description === undefined ? [] : [description]) },
  { key: 'creators', level: 'error', what: 'creators', texts: ({ creators }) => (creators ?? []).map(({ name }) => name) },
  // A DOI is often given after the first release.
  { key: 'url', level: 'warning', what: 'address or DOI', texts: ({ url }) => (url === undefined ? [] : [url]) },
];

/** Columns of the dataset table with which contributors ask to be named. */
const CREDITS = ['data_contributor', 'data_citation', 'acknowledgement', 'data_url_doi'];

/** GOV-007: who made the dataset, what it is, where it is, and how to cite it. */
export const citationCheck: Check = {
  codes: ['GOV-007'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { config, policy } = input;
    if (policy.profile === 'internal') return coverage.notApplicable('GOV-007', 'an internal release needs no citation');
    coverage.looked('GOV-007', MEMBERS.length);
    for (const { key, level, what, texts } of MEMBERS) {
      const given = texts(config.dataset).filter((text) => text.trim() !== '');
      const left = given.some((text) => PLACEHOLDERS.has(text.trim()));
      if (given.length > 0 && !left) continue;
      yield {
        code: 'GOV-007',
        level: policy.profile === 'public' ? level : 'warning',
        message: left ? `The ${what} of the dataset is still the text of the template.` : `The dataset has no ${what}.`,
        location: { kind: 'file', path: 'colophon.yaml', key: `dataset.${key}` },
        expected: `dataset.${key} in colophon.yaml`,
        found: left ? 'the text of the template' : 'nothing',
        content: given.join('\t'),
      };
    }
    const table = input.tables.find(({ name }) => name === 'dataset');
    if (table !== undefined) yield* judgeCredits(input, coverage, table);
  },
};

async function* judgeCredits({ catalog, config }: CheckInput, coverage: Coverage, table: ClinicalTable): AsyncGenerator<FindingDraft> {
  const absent = CREDITS.filter((name) => !table.columns.includes(name));
  // An address of the dataset as a whole says how to cite it; then the parts need no credits of their own.
  if (absent.length > 0 && config.dataset.url === undefined)
    yield {
      code: 'GOV-007',
      level: 'info',
      message: 'The dataset table does not say how its contributors want to be cited.',
      location: tableLocation(table),
      expected: CREDITS.join(', '),
      found: `without ${absent.join(', ')}`,
      content: absent.join(' '),
    };
  const present = CREDITS.filter((name) => table.columns.includes(name));
  if (present.length === 0 || table.rows === 0) return;
  coverage.looked('GOV-007', table.rows);
  const counts = present.map((name, at) => `count(*) FILTER (trim(coalesce(${identifier(name)}, '')) = '') AS c${at}`);
  const [row] = await catalog.all<Record<string, number>>(`SELECT ${counts.join(', ')} FROM ${judgedRows(table)}`);
  for (const [at, column] of present.entries()) {
    const empty = row?.[`c${at}`] ?? 0;
    if (empty === 0) continue;
    yield {
      code: 'GOV-007',
      level: 'warning',
      message: 'A contributed dataset does not say how it is to be credited.',
      location: { ...tableLocation(table), column },
      expected: 'a text in every row',
      found: `empty in ${empty} of ${table.rows} rows`,
      content: `${column} ${empty}`,
    };
  }
}
