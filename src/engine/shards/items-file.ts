import { CurationError } from '../../errors.js';
import { FileDigester } from '../../fixity/digest.js';
import { iterateLines } from '../../fixity/lines.js';
import type { ShardPlan } from '../../model/shards.js';
import { shardOf } from './result-file.js';
import { shardFiles } from './shard-files.js';
import type { ShardItem } from './shard-task.js';

/**
 * The items of a shard, in their order. Nothing is handed out of a file that is not the one that was planned.
 * @throws {CurationError} SHARD_INVALID
 * @throws {UnreadableFileError}
 */
export function* readItems(folder: string, plan: ShardPlan, index: number): Generator<ShardItem> {
  const path = shardFiles.items(folder, index);
  const { sha256 } = new FileDigester().hashFile(path);
  if (sha256 !== shardOf(plan, index).sha256) throw new CurationError('SHARD_INVALID', `The items of shard ${index} were changed since they were planned: ${path}`, { suggestions: ['Plan again: a plan is never edited.'] });
  let number = 0;
  for (const { text } of iterateLines(path)) {
    const tab = text.indexOf('\t');
    yield [number, Number(text.slice(0, tab)), text.slice(tab + 1)];
    number += 1;
  }
}
