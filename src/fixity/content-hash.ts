import { sha256Hex } from './digest.js';

/**
 * One node of the content hash tree that climbs instance, series, study, case, release (releases/README.md): sha256 over
 * `level|id|child|child|...` in UTF-8, the child digests sorted, `%` and `|` of the id written as `%25` and `%7C` so that
 * no id can imitate a child. The order in which children come does not matter; how often each one comes does.
 */
export function contentDigest(level: string, id: string, children: Iterable<string>): string {
  const safeId = id.replaceAll('%', '%25').replaceAll('|', '%7C');
  return sha256Hex([level, safeId, ...[...children].sort()].join('|'));
}
