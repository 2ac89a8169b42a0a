import { maskSecret } from '../text/mask.js';
import { isVocabulary } from '../text/vocabulary.js';
import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';
import { RELEASED_IMAGES } from './sql.js';
import { groupBy } from './summary.js';

/** Patients from which on rarity means something. */
const LEAST_PATIENTS = 30;
/** Distinct texts for each patient that an attribute of few values has at most. */
const MOST_VALUES_A_PATIENT = 0.2;
/** Attributes of more texts than this are no closed list. */
const MOST_VALUES = 2000;
/** Letters of a word that is looked at. */
const WORD = /[\p{L}]{3,}/gu;

interface TextRow {
  keyword: string;
  value: string;
  patients: number;
  path: string;
}

/**
 * DID-095: in an attribute that has few values, no word belongs to one patient alone. A text of common words that only
 * happens once is no finding, nor is a word of imaging: a rare examination is no name; a name is.
 */
export const rareTextCheck: Check = {
  codes: ['DID-095'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.images === 0) return coverage.notApplicable('DID-095', 'there are no image files');
    const texts = groupBy(await input.catalog.all<TextRow>(COMPARED), ({ keyword }) => keyword);
    if (texts.size === 0) return coverage.notApplicable('DID-095', `no text attribute has few values over at least ${LEAST_PATIENTS} patients`);
    for (const [keyword, rows] of texts) {
      coverage.looked('DID-095', rows.length);
      yield* rareWords(keyword, rows);
    }
  },
};

function* rareWords(keyword: string, rows: readonly TextRow[]): Generator<FindingDraft> {
  const uses = new Map<string, number>();
  for (const { value, patients } of rows) for (const word of words(value)) uses.set(word, (uses.get(word) ?? 0) + patients);
  for (const { value, patients, path } of rows) {
    if (patients > 1) continue;
    const rare = words(value).filter((word) => uses.get(word) === 1 && !isVocabulary(word));
    if (rare.length === 0) continue;
    yield {
      code: 'DID-095',
      message: 'A text holds a word that no other patient has in this attribute.',
      location: { kind: 'file', path, tag: keyword },
      hint: 'Names stand out like this.',
      expected: 'words that several patients have',
      found: maskSecret(value),
      content: value,
    };
  }
}

function words(value: string): string[] {
  return [...new Set(value.toUpperCase().match(WORD) ?? [])];
}

/** (keyword, value, case_id, path) of every text of every released image. */
const TEXTS = `(
  SELECT left(candidate, instr(candidate, '=') - 1) AS keyword, substr(candidate, instr(candidate, '=') + 1) AS value, case_id, source || '/' || path AS path
  FROM (SELECT i.source, i.path, i.case_id, unnest(f.rare_candidates) AS candidate
    FROM ${RELEASED_IMAGES} AS i JOIN (FROM header_facts WHERE len(rare_candidates) > 0) AS f USING (source, path)))`;

/** The texts of the attributes that have few values, in one pass over the images: what follows looks at each text of a case once. */
const COMPARED = `
  WITH text AS MATERIALIZED (SELECT keyword, value, case_id, min(path) AS path FROM ${TEXTS} WHERE keyword <> 'RecognizableVisualFeatures' GROUP BY ALL),
  attribute AS (
    SELECT keyword, count(DISTINCT case_id) AS patients, count(DISTINCT value) AS n FROM text GROUP BY keyword
    HAVING patients >= ${LEAST_PATIENTS} AND n <= ${MOST_VALUES} AND n <= patients * ${MOST_VALUES_A_PATIENT}::DOUBLE)
  SELECT keyword, value, count(*) AS patients, min(path) AS path FROM text SEMI JOIN attribute USING (keyword) GROUP BY keyword, value ORDER BY keyword, value`;
