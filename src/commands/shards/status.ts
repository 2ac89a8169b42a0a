import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { planArgument } from '../../cli/shard-flags.js';
import { EXIT } from '../../errors.js';
import type { ShardsStatus } from '../../model/shards.js';
import { renderShardsStatus } from '../../report/shards-text.js';

export default class StatusOfShards extends BaseCommand {
  static override summary = 'Tell which shards of a plan have a valid result, and why the others have none.';
  static override description =
    'By the result files, whatever a scheduler says: every byte of them is read. Exit status: 0 every shard has a valid result, 1 some have none, 3 there is no plan or it was changed, 4 a plan of a newer format.';
  static override examples = ['<%= config.bin %> shards status', '<%= config.bin %> shards status /data/shards --json'];
  static override args = planArgument;
  static override flags = { workspace: workspaceFlag };

  async run(): Promise<ShardsStatus> {
    const { args, flags } = await this.parse(StatusOfShards);
    this.begin(flags);
    const { locatePlan } = await import('../../workflow/shards-place.js');
    const { shardsStatus } = await import('../../workflow/shards-status.js');
    const status = shardsStatus(locatePlan(args.plan, this.findPaths(flags)?.cache ?? null));
    return this.finish(status, () => renderShardsStatus(status), status.complete ? EXIT.done : EXIT.findings);
  }
}
