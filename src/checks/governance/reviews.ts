import type { Review } from '../../model/policy.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';
import { RELEASED_IMAGES } from '../sql.js';
import { foldName } from '../waivers.js';

/** Kinds of pictures that only eyes can clear, with the series that are of the kind (an SQL condition over a series). */
const NEEDED: readonly { rule: string; what: string; condition: string }[] = [
  {
    rule: 'DID-071',
    what: 'may show burned-in text',
    condition: `bool_or(Modality IN ('US', 'IVUS', 'SC', 'XA', 'RF', 'OT', 'ES', 'XC', 'GM') OR starts_with(SOPClassUID, '1.2.840.10008.5.1.4.1.1.7') OR BurnedInAnnotation = 'YES')`,
  },
  {
    rule: 'DID-073',
    what: 'may show a face',
    condition: `bool_or(Modality = 'XC') OR (bool_or(Modality IN ('CT', 'MR', 'PT') AND regexp_matches(upper(BodyPartExamined), 'HEAD|FACE|SKULL|BRAIN|NECK|WHOLEBODY')) AND count(*) >= 20)`,
  },
];

/** GOV-008: reviews by a second person are what they say, and those that the pictures need are recorded. */
export const reviewCheck: Check = {
  codes: ['GOV-008'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { reviews, profile } = input.policy;
    if (profile === 'internal' && reviews.length === 0) return coverage.notApplicable('GOV-008', 'an internal release needs no second person');
    if (input.images === 0 && reviews.length === 0) return coverage.notApplicable('GOV-008', 'there are no image files and no reviews');
    for (const [index, review] of reviews.entries()) for (const defect of reviewDefects(review, input.today)) yield { ...reviewDraft(review, index), ...defect };
    coverage.looked('GOV-008', reviews.length);
    if (input.images === 0 || profile === 'internal') return;
    for (const { rule, what, condition } of NEEDED) {
      const [row] = await input.catalog.all<{ n: number; all: number }>(
        `SELECT count(*) FILTER (risk) AS n, count(*) AS "all" FROM (SELECT coalesce(${condition}, false) AS risk FROM ${RELEASED_IMAGES} GROUP BY SeriesInstanceUID)`,
      );
      coverage.looked('GOV-008', row?.all ?? 0);
      if ((row?.n ?? 0) > 0 && !reviews.some((review) => review.rule === rule)) yield missingReview(rule, what, row?.n ?? 0, reviews.length > 0);
    }
  },
};

function reviewDraft({ rule, reviewer, submitter, date }: Review, index: number): Omit<FindingDraft, 'message'> {
  return { code: 'GOV-008', location: { kind: 'file', path: 'colophon.yaml', key: `gate.reviews[${index}]` }, content: [rule, reviewer, submitter, date].join('\t') };
}

function* reviewDefects({ reviewer, submitter, date }: Review, today: string): Generator<Pick<FindingDraft, 'message' | 'expected' | 'found'>> {
  const [a, b] = [foldName(reviewer), foldName(submitter)];
  if (a === '' || b === '') yield { message: 'The review does not say who reviewed and who submitted.', expected: 'two names', found: a === '' ? 'no reviewer' : 'no submitter' };
  else if (a === b) yield { message: 'The data were reviewed by whoever submitted them.', expected: 'a second person', found: 'one person' };
  if (date > today) yield { message: 'The review is dated in the future.', expected: `${today} or before`, found: showName(date) };
}

/** A policy that records reviews is held to it; where none does, the gate cannot know what people looked at. */
function missingReview(rule: string, what: string, series: number, held: boolean): FindingDraft {
  return {
    code: 'GOV-008',
    level: held ? 'error' : 'warning',
    message: `Series ${what}, and no review of a sample is recorded.`,
    location: { kind: 'dataset', key: rule },
    hint: `gate: {reviews: [{rule: ${rule}, reviewer: NAME, submitter: NAME, date: YYYY-MM-DD}]}`,
    expected: `a review for ${rule} by a second person`,
    found: `${series} series of the kind`,
    content: `${rule} ${series}`,
  };
}
