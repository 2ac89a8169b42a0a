import { hiddenParts, publishedSplits } from '../../model/hidden-parts.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { literal } from '../sql.js';
import { counted } from './counted.js';
import { hiddenCells } from './hidden-cells.js';

/** Share of a run of numbers that known case ids must fill for its gaps to mean something. */
const DENSE_SHARE = 0.9;

/** Share of the gaps that withheld cases must make. */
const WITHHELD_SHARE = 0.5;

/** Fewer withheld ids in a run are no rule that somebody could guess. */
const LEAST_GAPS = 3;

/**
 * DSC-013: nothing in the release tells which cases are withheld by `release.within` or as a hidden part: no cell that names one, no gap in
 * consecutive case ids, no count that gives theirs by subtraction, no earlier release that holds them, no published split
 * that was drawn over them. What only the staged files can show (order, sizes, digests) is the matter of `verify`.
 */
export const hiddenSetCheck: Check = {
  codes: ['DSC-013'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const [row] = await input.catalog.all<{ n: number }>("SELECT count(*) AS n FROM case_ WHERE status = 'withheld'");
    const withheld = row?.n ?? 0;
    if (withheld === 0) return coverage.notApplicable('DSC-013', 'no case is withheld as a hidden set');
    coverage.looked('DSC-013', withheld);
    yield* await hiddenCells(input, withheld);
    yield* await idGaps(input);
    yield* await publishedBefore(input);
    yield* await drawnOver(input);
  },
};

interface GapRow {
  known: number;
  span: number;
  gaps: number;
  withheld: number;
}

/**
 * Ids that end in digits, by what stands before these: if all known ids nearly fill a run of numbers, and most numbers that
 * the released ones leave out are withheld cases, then the gaps are the hidden set. Pseudonyms drawn at random fill no run.
 */
async function idGaps({ catalog }: CheckInput): Promise<FindingDraft[]> {
  // Sixteen digits are beyond 2^53 and no numbering.
  const rows = await catalog.all<GapRow>(`
    WITH id AS (SELECT status, regexp_extract(case_id, '^(.*?)([0-9]{1,15})$', ['stem', 'digits']) AS part FROM case_),
    numbered AS (SELECT status, part.stem AS stem, TRY_CAST(part.digits AS BIGINT) AS number FROM id WHERE part.digits <> ''),
    run AS (SELECT stem, min(number) AS low, max(number) AS high FROM numbered WHERE status = 'accepted' GROUP BY stem)
    SELECT count(DISTINCT number) AS known, any_value(high - low + 1) AS span,
      any_value(high - low + 1) - count(DISTINCT number) FILTER (status = 'accepted') AS gaps,
      count(DISTINCT number) FILTER (status = 'withheld') AS withheld
    FROM numbered JOIN run USING (stem) WHERE number BETWEEN low AND high GROUP BY stem ORDER BY stem`);
  return rows
    .filter(({ known, span, gaps, withheld }) => withheld >= LEAST_GAPS && known >= DENSE_SHARE * span && withheld >= WITHHELD_SHARE * gaps)
    .map(({ gaps, withheld }) => ({
      code: 'DSC-013',
      message: 'The released case ids are a numbering whose gaps are the withheld cases.',
      location: { kind: 'dataset', key: 'case_id' },
      hint: 'Give cases random ids before they are released for the first time.',
      expected: 'ids that tell nothing of the ids that are missing',
      found: `${counted(gaps, 'gap')}, ${withheld} of them withheld cases`,
      content: `${gaps} ${withheld}`,
    }));
}

/** Cases that an earlier release held and that are withheld now: their rows and images are out. */
async function publishedBefore({ catalog, releases }: CheckInput): Promise<FindingDraft[]> {
  const findings: FindingDraft[] = [];
  for (const { version, cases, columns } of releases) {
    if (columns?.has('case_id') !== true) continue;
    const [row] = await catalog.all<{ n: number }>(`SELECT count(DISTINCT b.case_id) AS n FROM ${cases} AS b JOIN case_ AS c ON c.case_id = b.case_id AND c.status = 'withheld'`);
    if (row === undefined || row.n === 0) continue;
    findings.push({
      code: 'DSC-013',
      message: 'Withheld cases are in an earlier release, so comparing the two shows them.',
      location: { kind: 'dataset', key: version },
      hint: 'Draw a new hidden set from cases that were never released.',
      expected: 'cases that no release held',
      found: counted(row.n, 'case'),
      content: `${version} ${row.n}`,
    });
  }
  return findings;
}

/** Splits that are published although their draw saw the withheld cases: shares and seed then depend on these. */
async function drawnOver({ catalog, config }: CheckInput): Promise<FindingDraft[]> {
  const hiding = [...Object.keys(config.release?.within ?? {}), ...hiddenParts(config).map(({ split }) => split)];
  const published = publishedSplits(config).flatMap(({ name }) => (hiding.includes(name) ? [] : [name]));
  if (published.length === 0) return [];
  const rows = await catalog.all<{ split: string; n: number }>(`
    SELECT a.split, count(*) AS n FROM assignments AS a JOIN case_ AS c ON c.case_id = a.case_id AND c.status = 'withheld'
    WHERE a.split IN (${published.map(literal).join(', ')}) GROUP BY a.split ORDER BY a.split`);
  return rows.map(({ split, n }) => ({
    code: 'DSC-013',
    level: 'warning',
    message: 'A published split was drawn over withheld cases too, so its sizes and seed say something about them.',
    location: { kind: 'dataset', key: split },
    hint: hiding[0] === undefined ? undefined : `Draw it within the released part: splits.${split}.within.`,
    expected: 'assignments of released cases only',
    found: counted(n, 'withheld case'),
    content: String(n),
  }));
}
