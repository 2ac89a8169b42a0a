import { resolve, sep } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import { makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import type { ReleaseLeaks, ReportResult } from '../../model/split-leak.js';
import { reportsOf, type SplitReport } from '../../model/split.js';
import { reportStatus } from '../../workflow/exit-status.js';

export default class ReportSplit extends BaseCommand {
  static override summary = 'Report balance, leakage and representativeness of a split as it stands, as a reviewer would ask.';
  static override description =
    'Measured against the cases, links and values of the catalog now, not those of the draw: counts by part, distances with and without ' +
    '"Not Reported", a permutation test against random splits, what two parts share, and warnings. ' +
    'Exit status: 0 done, 1 leakage or frozen cases that belong together, 2 no such split, 3 not drawn yet or no such reference.';
  static override examples = [
    { description: 'In the terminal', command: '<%= config.bin %> split report open-sequestered' },
    { description: 'A page with charts, for the paper and the meeting', command: '<%= config.bin %> split report open-sequestered --html --output private/split.html' },
    { description: 'Against a reference population, a sheet or table a variable', command: '<%= config.bin %> split report open-sequestered --reference census.xlsx' },
    { description: 'Leaks between the parts of a published split, from the tables of the release alone', command: '<%= config.bin %> split report benchmark --release 2.1.0' },
    { description: 'For scripts', command: '<%= config.bin %> split report open-sequestered --json' },
  ];
  static override args = { name: Args.string({ description: 'A split of colophon.yaml (with `repeats`: all of them), or one repeat, NAME.2.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    reference: Flags.string({ helpValue: 'FILE', summary: 'CSV or XLSX file with a reference population to compare with; FILE#2023-03-31 takes that row of dated tables.' }),
    permutations: Flags.integer({ min: 0, max: 100_000, helpValue: 'N', summary: 'Random splits of the permutation test, 2,000 by default; fewer are run when they would take long. 0: none.' }),
    observe: Flags.string({ multiple: true, helpValue: 'COLUMN', summary: 'Look at this column too though it is not balanced; columns that tell site, date or scanner are looked at anyway. May be repeated.' }),
    html: Flags.boolean({ summary: 'A self-contained page with charts instead of text.' }),
    release: Flags.string({ helpValue: 'RELEASE', exclusive: ['reference', 'permutations', 'observe', 'html', 'output'], summary: 'Look for leaks in a release instead: its folder, or a version of this workspace.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'Write the report to this file (readable by you alone) instead of stdout.' }),
  };

  async run(): Promise<ReportResult> {
    const { args, flags } = await this.parse(ReportSplit);
    this.begin(flags);
    if (flags.release !== undefined) return this.lookForLeaks(args.name, flags.release, flags);
    const { reportWorkspaceSplit } = await import('../../workflow/split.js');
    const workspace = this.workspace(flags);
    if (flags.output !== undefined) this.refuseReleaseFolder(resolve(flags.output), workspace.paths.releases);
    const options = {
      observe: flags.observe ?? [],
      ...(flags.reference === undefined ? {} : { reference: flags.reference }),
      ...(flags.permutations === undefined ? {} : { permutations: flags.permutations }),
    };
    const result = await reportWorkspaceSplit(workspace, args.name, options, this.effects);
    const reports = reportsOf(result);
    if (flags.html && reports.length > 1) this.usage(`${args.name} is drawn ${reports.length} times, and a page is about one of them.`, `Name one, e.g. ${reports[0]!.split}`);
    const exitCode = reportStatus(result);
    const text = await this.render(reports, workspace.config.dataset.title, flags.html, flags.output === undefined && this.color);
    if (flags.output === undefined) return this.finish(result, () => text, exitCode);
    // Counts of small cells and of hidden parts are in it: readable by its owner alone.
    makeParentFolder(flags.output);
    writeFileAtomic(flags.output, text, { mode: 0o600 });
    const points = reports.reduce((sum, { warnings }) => sum + warnings.length, 0);
    return this.finish(result, () => `Wrote the report to ${flags.output}: ${points} points that a reviewer would ask about`, exitCode);
  }

  /** Needs no workspace when the release is a folder. */
  private async lookForLeaks(name: string, release: string, flags: { workspace?: string | undefined }): Promise<ReleaseLeaks> {
    const { findReleaseLeaks } = await import('../../workflow/split-leaks.js');
    const { renderLeaks } = await import('../../report/split-leak-text.js');
    const report = await findReleaseLeaks(name, release, this.findPaths(flags));
    return this.finish(report, () => renderLeaks(report, { color: this.color }), report.total > 0 ? EXIT.findings : EXIT.done);
  }

  /** A report may count what must not be published: it must not be published by being in the wrong folder. */
  private refuseReleaseFolder(path: string, releases: string): void {
    if (path === releases || path.startsWith(`${releases}${sep}`))
      this.usage(`A report on a split never goes into the folder of the releases: ${path}`, 'Write it to private/, which is never published nor committed.');
  }

  private async render(reports: readonly SplitReport[], title: string, html: boolean, color: boolean): Promise<string> {
    if (!html) return (await import('../../report/split-text.js')).renderSplits(reports, { color, categories: true });
    const { renderSplitHtml } = await import('../../report/split-html.js');
    const { sha256Base64 } = await import('../../fixity/digest.js');
    return renderSplitHtml(reports[0]!, { title, sha256Base64 });
  }
}
