import { EDITIONS, editionAge } from '../../facts/editions.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';

/** GOV-009: the editions of the standards that the rules read are not too old on the day of the run. */
export const editionCheck: Check = {
  codes: ['GOV-009'],
  async *run({ policy, today }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    coverage.looked('GOV-009', EDITIONS.length);
    for (const edition of EDITIONS) {
      const months = editionAge(edition, today);
      if (months <= policy.facts_months) continue;
      yield {
        code: 'GOV-009',
        message: `The rules read an old edition of ${edition.what}.`,
        location: { kind: 'dataset', key: edition.file },
        hint: 'See whether a newer Colophon reads a newer edition.',
        expected: `at most ${policy.facts_months} months old`,
        found: `${edition.edition}, ${months} months old`,
        content: edition.edition,
      };
    }
  },
};
