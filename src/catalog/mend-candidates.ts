import type { Candidates } from '../model/mending.js';
import { quoteLiteral } from './quoting.js';

/** SQL condition of the cells that a rule may do something about. */
export function candidateCondition(cell: string, candidates: Candidates): string {
  if ('in' in candidates) return candidates.in.length === 0 ? 'false' : `${cell} IN (${candidates.in.map(quoteLiteral).join(', ')})`;
  if ('notIn' in candidates) return candidates.notIn.length === 0 ? 'true' : `${cell} NOT IN (${candidates.notIn.map(quoteLiteral).join(', ')})`;
  if ('startsWith' in candidates) return `starts_with(${cell}, ${quoteLiteral(candidates.startsWith)})`;
  if ('contains' in candidates) return `contains(${cell}, ${quoteLiteral(candidates.contains)})`;
  return `regexp_full_match(${cell}, ${quoteLiteral(candidates.matches)})`;
}
