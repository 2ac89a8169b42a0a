import type { TextHit } from './hits.js';

/** What is worth saying of one text: the gravest hit of each rule, and no doubts where something is certain. */
export function gravestHits(hits: readonly TextHit[]): TextHit[] {
  if (hits.length < 2) return [...hits];
  const certain = hits.filter(({ level }) => level === 'error');
  const byCode = new Map<string, TextHit>();
  for (const hit of certain.length > 0 ? certain : hits) if (!byCode.has(hit.code)) byCode.set(hit.code, hit);
  return [...byCode.values()];
}
