import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { sizeFlag } from '../../cli/size-flag.js';
import type { ShardsPlanReport } from '../../model/shards.js';
import { renderShardsPlan } from '../../report/shards-text.js';

export default class PlanShards extends BaseCommand {
  static override summary = 'Cut a big pull or verify into shards that any scheduler can run.';
  static override description =
    'Writes an immutable plan into a folder: what each shard reads, with digests. The same work gives the same plan, with what was done of it already. ' +
    'Every machine that takes part has to see the folder, and the files, under the same paths. Then: `shards run` for each shard, `shards merge`. ' +
    'Exit status: 0 done, also when there is nothing to do; 2 wrong usage, 3 a source or release is not there, 130 interrupted.';
  static override examples = [
    { description: 'What the next pull would read', command: '<%= config.bin %> shards plan' },
    { description: 'A release, in shards of 10 GB', command: '<%= config.bin %> shards plan verify /data/chest-2.1.0 --shard-bytes 10GB --output /data/shards' },
  ];
  static override args = {
    what: Args.string({ options: ['pull', 'verify'], default: 'pull', description: 'What is to be spread.' }),
    path: Args.string({ description: 'For verify: a release, a bag, a list of checksums. For pull: the source, where there are several folders of images.' }),
  };
  static override flags = {
    workspace: workspaceFlag,
    'shard-bytes': sizeFlag({ summary: 'Bytes after which a shard ends; 60 GB by default, some ten minutes of work.' }),
    output: Flags.string({ char: 'o', helpValue: 'DIR', summary: 'The folder to make for the plan; in the workspace by default.' }),
    rehash: Flags.boolean({ summary: 'For pull: also files whose size and time did not change.' }),
  };

  async run(): Promise<ShardsPlanReport> {
    const { args, flags } = await this.parse(PlanShards);
    this.begin(flags);
    const { planPull, planVerify } = await import('../../workflow/shards-plan.js');
    const { shardLimits } = await import('../../workflow/with-engine.js');
    const { shardsRoot } = await import('../../workflow/shards-place.js');
    const { output, 'shard-bytes': bytes } = flags;
    const limits = (configured?: number): ReturnType<typeof shardLimits> => shardLimits(bytes === undefined ? (configured === undefined ? {} : { shard_bytes: configured }) : { shard_bytes: bytes });
    const options = { signal: this.signal, ...(output === undefined ? {} : { output }) };
    if (args.what === 'pull') {
      const workspace = this.workspace(flags);
      const report = await planPull(workspace, args.path, { ...options, limits: limits(workspace.config.engines?.shard_bytes), rehash: flags.rehash }, this.effects);
      return this.finish(report, () => renderShardsPlan(report));
    }
    if (args.path === undefined) this.usage('What is to be verified was not named.', 'Name it: colophon shards plan verify PATH');
    const paths = this.findPaths(flags);
    const report = await planVerify(args.path, paths === null ? null : shardsRoot(paths.cache), { ...options, limits: limits() }, this.effects);
    return this.finish(report, () => renderShardsPlan(report));
  }
}
