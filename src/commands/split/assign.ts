import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import type { AssignResult, ExtensionPlan } from '../../model/split-extension.js';
import type { ReplayReport } from '../../model/split-replay.js';
import { reportsOf } from '../../model/split.js';
import { renderExtension } from '../../report/split-extension-text.js';
import { renderReplay } from '../../report/split-replay-text.js';
import { renderSplits } from '../../report/split-text.js';
import { drawStatus, previewStatus } from '../../workflow/exit-status.js';

export default class AssignSplit extends BaseCommand {
  static override summary = 'Draw a balanced split over all accepted cases, or extend it around what is frozen.';
  static override description =
    'Linked cases move together; frozen cases stay; newcomers are placed so that the whole stays balanced. The same input gives the same ' +
    'draw, in any order, on any machine. Drawing again replaces what is not frozen. With --replay nothing is drawn anew: the last draw of a ' +
    'release is made again from the tables of the release, anywhere, and every difference is listed. ' +
    'Exit status: 0 done, 1 frozen cases turn out to belong together, or a replay differs, 2 no such split, 3 the wishes contradict each other, or the release does not say what it was drawn from.';
  static override examples = [
    '<%= config.bin %> split assign open-sequestered',
    '<%= config.bin %> split assign open-sequestered --dry-run',
    '<%= config.bin %> split assign benchmark --effort high',
    '<%= config.bin %> split assign crossvalidation.2',
    '<%= config.bin %> split assign benchmark --replay 2.1.0',
    '<%= config.bin %> split assign benchmark --replay /data/midrc-demo-2.1.0 --json',
  ];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml (with `repeats`: all of them), or one repeat, NAME.2; with --replay one of the release.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    'dry-run': Flags.boolean({ summary: 'Tell who would go where and how the balance would change, and write nothing.', exclusive: ['replay'] }),
    effort: Flags.option({ options: ['normal', 'high'] as const, exclusive: ['replay'], summary: 'high searches several times as long for a better balance; recorded with the draw.' })(),
    replay: Flags.string({ helpValue: 'RELEASE', summary: 'Make the last draw of a release again: its folder, or a version of this workspace.' }),
  };

  async run(): Promise<AssignResult> {
    const { args, flags } = await this.parse(AssignSplit);
    this.begin(flags);
    if (flags.replay !== undefined) return this.replay(args.name, flags.replay, flags);
    const { assignWorkspaceSplit, previewWorkspaceSplit } = await import('../../workflow/split.js');
    const workspace = this.workspace(flags);
    const effort = flags.effort === undefined ? {} : { effort: flags.effort };
    if (flags['dry-run']) return this.tell(await previewWorkspaceSplit(workspace, args.name, effort, this.effects));
    const result = await assignWorkspaceSplit(workspace, args.name, effort, this.effects);
    const reports = reportsOf(result);
    return this.finish(result, () => renderSplits(reports, { color: this.color }), drawStatus(result));
  }

  private tell(plan: ExtensionPlan): ExtensionPlan {
    return this.finish(plan, () => renderExtension(plan, { color: this.color }), previewStatus(plan));
  }

  /** Needs no workspace when the release is a folder. */
  private async replay(name: string, release: string, flags: { workspace?: string | undefined }): Promise<ReplayReport> {
    const { replaySplit } = await import('../../workflow/split-replay.js');
    const report = await replaySplit(name, release, this.findPaths(flags));
    return this.finish(report, () => renderReplay(report, { color: this.color }), report.identical ? EXIT.done : EXIT.findings);
  }
}
