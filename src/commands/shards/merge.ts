import { BaseCommand, jobsFlag, workspaceFlag } from '../../cli/base-command.js';
import { planArgument, shardTrustFlags } from '../../cli/shard-flags.js';
import { EXIT } from '../../errors.js';
import type { ShardsMergeReport } from '../../model/shards.js';
import { renderPull } from '../../report/pull-text.js';
import { renderShardsMerge } from '../../report/shards-text.js';
import { renderVerify } from '../../report/verify-text.js';

export default class MergeShards extends BaseCommand {
  static override summary = 'Take the results of all shards: into the catalog for a pull, into a report for a verify.';
  static override description =
    'Refuses unless every shard has exactly one valid result. A pull then goes on here: it reads what changed since it was planned, and what no shard could read. ' +
    'A verify may be held against a digest and signers, as by `verify`. ' +
    'Exit status: 0 done, 1 a table was refused or verify found problems, 2 signers were named for a pull, 3 a shard has no valid result, or what was planned changed since, 5 withdrawn content, 130 interrupted.';
  static override examples = [
    { description: 'The plan that was made last in this workspace', command: '<%= config.bin %> shards merge' },
    { description: 'A verify, signed by somebody you trust', command: '<%= config.bin %> shards merge /data/shards --signers allowed_signers' },
    { description: 'For a script', command: '<%= config.bin %> shards merge /data/shards --json' },
  ];
  static override args = planArgument;
  static override flags = { workspace: workspaceFlag, jobs: jobsFlag, ...shardTrustFlags };

  async run(): Promise<ShardsMergeReport> {
    const { args, flags } = await this.parse(MergeShards);
    this.begin(flags);
    const { locatePlan } = await import('../../workflow/shards-place.js');
    const { mergeShards } = await import('../../workflow/shards-merge.js');
    const folder = locatePlan(args.plan, this.findPaths(flags)?.cache ?? null);
    const { jobs, expect, signers, threshold, amendments, 'minisign-key': keys } = flags;
    const trust = { expect, signers, threshold, amendments, 'minisign-key': keys };
    const report = await mergeShards(folder, { workspace: () => this.workspace(flags), signal: this.signal, trust, ...(jobs === undefined ? {} : { jobs }) }, this.effects);
    const text = (): string => {
      const { pull, verify } = report;
      const result = pull !== null ? renderPull(pull, { color: this.color }) : verify !== null ? renderVerify(verify, { color: this.color }) : '';
      return `${renderShardsMerge(report)}\n${result}`;
    };
    return this.finish(report, text, statusOf(report));
  }
}

function statusOf({ pull, verify }: ShardsMergeReport): number {
  if (verify !== null && verify.withdrawn.length > 0) return EXIT.withdrawn;
  return (verify !== null && verify.problems.length > 0) || pull?.ok === false ? EXIT.findings : EXIT.done;
}
