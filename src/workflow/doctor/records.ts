import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expandSplits } from '../../model/split-repeats.js';
import { readLog, releaseStatus } from '../../release/release-log.js';
import { readRecord } from '../../splits/record/record.js';
import type { Workspace } from '../../workspace/workspace.js';
import { resolveSeed } from '../seed-record.js';
import { failed, failedBy, ok, skipped, type Answer } from './probe.js';

/** Whether the log of releases is whole, and every release in it is here as it was published. */
export async function checkReleases({ paths }: Workspace): Promise<Answer> {
  const log = await readLog(paths);
  if (log.length === 0) return skipped('no release yet');
  const broken = log.flatMap((entry) => {
    const status = releaseStatus(entry);
    return status === 'published' ? [] : [`${entry.document.version} is ${status}`];
  });
  if (broken.length === 0) return ok(`${log.length} ${log.length === 1 ? 'release' : 'releases'}, chained, release.json of each as published`);
  return failed(broken.slice(0, 5).join(', '), 'Bring the folder back from a copy, then: colophon verify releases/VERSION');
}

/** Whether the frozen record of each split is as it was written. */
export function checkSplitRecords(workspace: Workspace): Answer[] {
  const splits = expandSplits(workspace.config.splits).filter(({ name }) => existsSync(join(workspace.paths.splits, `${name}.csv`)));
  if (splits.length === 0) return [skipped('no split is frozen yet')];
  return splits.map((split) => {
    const what = `split record ${split.name}`;
    try {
      const { seed } = resolveSeed(workspace, split);
      const { rows } = readRecord(join(workspace.paths.splits, `${split.name}.csv`), { split: split.name, seed: String(seed) });
      return { what, ...ok(`${rows.length} cases, the chain holds`) };
    } catch (error) {
      return { what, ...failedBy(error) };
    }
  });
}
