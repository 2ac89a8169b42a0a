import type { AuditProblem, OpenedSeed } from '../model/commitment.js';
import type { ToldSeed } from './published.js';
import { commitSeed, effectiveSeed } from './seed.js';

/** Holds an opened seed against what a release says of it; empty when it is the seed that was committed to beforehand. */
export function auditSeed({ dataset, split }: { dataset: string; split: string }, opened: OpenedSeed, published: ToldSeed | null): AuditProblem[] {
  const secret = Buffer.from(opened.secret, 'hex');
  const problems: AuditProblem[] = [];
  const wrong = (message: string, expected: string, found: string) => problems.push({ kind: 'wrong-seed', case_id: null, message, expected, found });
  for (const terms of opened.commitments) {
    const found = commitSeed(secret, terms);
    if (found !== terms.commitment) wrong('The seed is not the one of a commitment that it is said to open.', terms.commitment, found);
  }
  const effective = effectiveSeed(secret, dataset, split, opened.public);
  if (effective !== opened.effective) wrong('The secret seed and the public randomness do not give the seed of the draw.', opened.effective, effective);
  if (published === null) return problems;
  const { commitment, seed } = published;
  if (commitment === null) wrong('The release has no commitment to the seed of this split.', 'a commitment', 'none');
  else {
    const known = new Set(opened.commitments.map((each) => each.commitment));
    for (const each of [commitment, ...commitment.again])
      if (!known.has(each.commitment)) wrong('The release has a commitment that is not opened: to another seed, configuration or program.', each.commitment, [...known].join(', ') || 'none');
    if (commitment.public !== opened.public) wrong('The release names other public randomness.', commitment.public ?? 'none', opened.public ?? 'none');
  }
  if (seed !== null && seed !== effective) wrong('The release gives another seed.', seed, effective);
  return problems;
}
