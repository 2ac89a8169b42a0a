import { caseLinks } from '../checks/likeness/case-links.js';
import { fillLikeness } from '../checks/likeness/near-hashes.js';
import type { GatePolicy } from '../model/policy.js';
import type { Session } from './session.js';

/**
 * Keeps which cases share images, for the splits. A run over all accepted cases replaces the links; one over the cases of a
 * release only adds, since it cannot see those of cases that are withheld. Leaves LIKENESS_TABLES to the checks of the same run.
 */
export async function keepCaseLinks({ catalog }: Session, policy: GatePolicy): Promise<void> {
  const [row] = await catalog.all<{ withheld: boolean }>("SELECT EXISTS (FROM case_ WHERE status = 'withheld') AS withheld");
  await fillLikeness(catalog, policy.near_duplicate_bits);
  await catalog.transaction(async () => {
    await catalog.run(`DELETE FROM case_link WHERE ${row?.withheld === true ? 'case_a NOT IN (SELECT case_id FROM case_) OR case_b NOT IN (SELECT case_id FROM case_)' : 'true'}`);
    await catalog.run(`INSERT INTO case_link SELECT * FROM (${caseLinks(policy.near_duplicate_bits)}) AS l
      WHERE NOT EXISTS (FROM case_link AS k WHERE k.case_a = l.case_a AND k.case_b = l.case_b AND k.why = l.why)`);
  });
}
