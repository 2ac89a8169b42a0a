import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import type { ReleaseList } from '../../model/release-reports.js';
import { renderReleaseList } from '../../report/release-text.js';

export default class ListReleases extends BaseCommand {
  static override summary = 'List the releases of this workspace, oldest first.';
  static override description = 'Each is compared with the claim of its number, and it is told how many of its cases were withdrawn since. Exit status: 0 done, 1 a release was edited or is not here.';
  static override examples = ['<%= config.bin %> release list', '<%= config.bin %> release list --json'];
  static override flags = { workspace: workspaceFlag };

  async run(): Promise<ReleaseList> {
    const { flags } = await this.parse(ListReleases);
    this.begin(flags);
    const { listReleases } = await import('../../workflow/releases.js');
    const report = await listReleases(this.workspace(flags));
    const sound = report.releases.every(({ status }) => status === 'published');
    return this.finish(report, () => renderReleaseList(report, { color: this.color }), sound ? EXIT.done : EXIT.findings);
  }
}
