import { Flags } from '@oclif/core';
import { BaseCommand, jobsFlag, workspaceFlag } from '../../cli/base-command.js';
import { planArgument } from '../../cli/shard-flags.js';
import type { ShardsRunReport } from '../../model/shards.js';
import { renderShardsRun } from '../../report/shards-text.js';

export default class RunShard extends BaseCommand {
  static override summary = 'Run one shard of a plan; at once done when its valid result is there.';
  static override description =
    'The result is written aside and renamed, so that copies of a shard may run at the same time. Without --index the number comes from ' +
    'SLURM_ARRAY_TASK_ID, JOB_COMPLETION_INDEX (Kubernetes) or AWS_BATCH_JOB_ARRAY_INDEX. A file on which processes die again and again is left out, and the result says so. ' +
    'Exit status: 0 done, 2 no such shard, 3 the plan or its items were changed or the shard failed, 4 a plan of a newer format, 130 interrupted.';
  static override examples = [
    { description: 'The first shard of the last plan', command: '<%= config.bin %> shards run --index 0' },
    { description: 'In a job array', command: '<%= config.bin %> shards run /data/shards' },
  ];
  static override args = planArgument;
  static override flags = {
    workspace: workspaceFlag,
    index: Flags.integer({ min: 0, helpValue: 'N', summary: 'Number of the shard, counted from 0.' }),
    jobs: jobsFlag,
  };

  async run(): Promise<ShardsRunReport> {
    const { args, flags } = await this.parse(RunShard);
    this.begin(flags);
    const { runPlannedShard } = await import('../../workflow/shards-run.js');
    const { locatePlan } = await import('../../workflow/shards-place.js');
    const folder = locatePlan(args.plan, this.findPaths(flags)?.cache ?? null);
    const { index, jobs } = flags;
    const options = { environment: process.env, signal: this.signal, ...(index === undefined ? {} : { index }), ...(jobs === undefined ? {} : { jobs }) };
    const report = await runPlannedShard(folder, options, this.effects);
    return this.finish(report, () => renderShardsRun(report));
  }
}
