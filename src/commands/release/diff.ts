import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import type { ReleaseDiff } from '../../model/release.js';
import { renderDiff } from '../../report/diff-text.js';

export default class DiffReleases extends BaseCommand {
  static override summary = 'Tell what changed between two releases: cases, images, tables, cells, splits.';
  static override description = 'Compares content digests and tables; reads no image. Exit status: 0 no difference, 1 differences, 3 there is no such release.';
  static override examples = ['<%= config.bin %> release diff 1.0.0 2.0.0', '<%= config.bin %> release diff 1.0.0 2.0.0 --limit 100000 --json'];
  static override args = {
    from: Args.string({ description: 'The older release.', required: true }),
    to: Args.string({ description: 'The newer release.', required: true }),
  };
  static override flags = {
    workspace: workspaceFlag,
    limit: Flags.integer({ min: 0, default: 1000, summary: 'How many changes are listed; all are counted.' }),
  };

  async run(): Promise<ReleaseDiff> {
    const { args, flags } = await this.parse(DiffReleases);
    this.begin(flags);
    const { diffReleases } = await import('../../workflow/release.js');
    const diff = await diffReleases(this.workspace(flags), args.from, args.to, flags.limit);
    return this.finish(diff, () => renderDiff(diff, { color: this.color }), diff.total > 0 ? EXIT.findings : EXIT.done);
  }
}
