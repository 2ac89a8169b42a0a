import { Args } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { ReleaseDetails } from '../../model/release-reports.js';
import { renderReleaseDetails } from '../../report/release-text.js';

export default class ShowRelease extends BaseCommand {
  static override summary = 'Show what one release holds: counts, tables, splits, tombstones, what was withdrawn since, digests.';
  static override description = 'Exit status: 0 done, 3 there is no such release, or it was edited.';
  static override examples = ['<%= config.bin %> release show 2.1.0'];
  static override args = { version: Args.string({ description: 'The release, e.g. 2.1.0.', required: true }) };
  static override flags = { workspace: workspaceFlag };

  async run(): Promise<ReleaseDetails> {
    const { args, flags } = await this.parse(ShowRelease);
    this.begin(flags);
    const { showRelease } = await import('../../workflow/releases.js');
    const details = await showRelease(this.workspace(flags), args.version);
    return this.finish(details, () => renderReleaseDetails(details, { color: this.color }));
  }
}
