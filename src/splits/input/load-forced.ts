import { resolve } from 'node:path';
import type { UnassignedCase } from '../../model/split.js';
import type { LoadContext } from './catalog-reader.js';
import { matchForced, readForcedFile } from './forced-file.js';
import type { BoundCase } from './problem.js';

/**
 * The cases that the `assign` file of a split forces into parts, by line; none when there is no file.
 * @param outside accepted cases that this split is not about
 * @throws {CurationError} CONFIG_INVALID, IO_FAILED
 */
export async function readForced({ reader, settings, source, indexOf, warn }: LoadContext, outside: readonly UnassignedCase[]): Promise<BoundCase[]> {
  const { assign, name, parts } = settings;
  if (assign === null) return [];
  const rules = { split: name, shown: assign, parts: parts.map((part) => part.name) };
  const rows = readForcedFile(resolve(source.folder ?? '.', assign), rules);
  const statuses = new Map<string, string>();
  for await (const chunk of reader.stream<{ case_id: string; status: string }>("SELECT case_id, status FROM case_ WHERE status <> 'accepted'"))
    for (const { case_id, status } of chunk) statuses.set(case_id, status);
  const others = { statusOf: (id: string) => statuses.get(id), outside: new Map(outside.map(({ case_id, reason }) => [case_id, reason])) };
  const { forced, passed } = matchForced(rows, indexOf, others, rules);
  if (passed > 0) warn(`${assign} names ${passed} cases that were rejected or withdrawn; their lines are passed over.`);
  return forced;
}
