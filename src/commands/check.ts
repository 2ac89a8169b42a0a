import { resolve, sep } from 'node:path';
import { Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../cli/base-command.js';
import { engineChoice, engineFlags } from '../cli/engine-flags.js';
import { EXIT } from '../errors.js';
import { makeParentFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import type { CheckReport } from '../model/check.js';

export default class Check extends BaseCommand {
  static override summary = 'Run the release gate: every finding, what is wrong, and how to mend it.';
  static override description =
    'Judges what a release of this workspace would hold now. It fails closed: what cannot be read, and a check that broke off, are errors. ' +
    'An error blocks the release until it is mended, or waived in waivers.yaml. ' +
    'Exit status: 0 no error, 1 an error that no waiver accepts, 3 nothing was pulled yet, 130 interrupted.';
  static override examples = [
    { description: 'The whole gate', command: '<%= config.bin %> check' },
    { description: 'One group and one rule, which gives findings but no verdict', command: '<%= config.bin %> check --only REF --only SCH-007' },
    { description: 'A page to sort and filter, for the meeting', command: '<%= config.bin %> check --format html --output private/gate.html' },
    { description: 'For code review tools', command: '<%= config.bin %> check --format sarif --output findings.sarif' },
  ];
  static override flags = {
    workspace: workspaceFlag,
    ...engineFlags,
    ahead: Flags.boolean({ summary: 'Judge also cases that release.within would withhold now because their split has not drawn them yet.' }),
    only: Flags.string({ multiple: true, helpValue: 'CODE', summary: 'Only this rule (SCH-007) or group (SCH); may be repeated.' }),
    'second-opinion': Flags.integer({ min: 1, max: 100_000, helpValue: 'FILES', summary: 'Ask dciodvfy (dicom3tools), which must be installed, about so many images; disagreement is a warning.' }),
    format: Flags.string({ options: ['text', 'json', 'sarif', 'html'] as const, default: 'text', summary: 'Form of the report.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'Write the report to this file (readable by you alone) instead of stdout.' }),
    'max-findings': Flags.integer({ min: 1, max: 100_000, summary: 'How many findings of a rule are listed, at most 100,000; all are counted, and are in the table finding of the catalog.' }),
  };

  async run(): Promise<CheckReport> {
    const { flags } = await this.parse(Check);
    this.begin(flags);
    const { checkWorkspace } = await import('../workflow/check.js');
    const maxFindings = flags['max-findings'];
    const options = {
      only: flags.only ?? [],
      ahead: flags.ahead,
      signal: this.signal,
      ...(flags['second-opinion'] === undefined ? {} : { secondOpinion: flags['second-opinion'] }),
      ...(flags.jobs === undefined ? {} : { jobs: flags.jobs }), ...(maxFindings === undefined ? {} : { maxFindings }),
    };
    const workspace = this.workspace(flags);
    if (flags.output !== undefined) this.refuseReleaseFolder(resolve(flags.output), workspace.paths.releases);
    const { withEngine } = await import('../workflow/with-engine.js');
    const choice = engineChoice(flags, workspace.config.engines, workspace.paths.cache);
    const report = await withEngine(choice, this.effects, (engine) => checkWorkspace(workspace, { ...options, engine }, this.effects));
    const text = await this.renderAs(flags.format, report, workspace.config.dataset.title, flags.output === undefined && this.color);
    const exitCode = report.summary.errors > 0 ? EXIT.findings : EXIT.done;
    if (flags.output === undefined) return this.finish(report, () => text, exitCode);
    // The report of a failed gate may name people: readable by its owner alone.
    makeParentFolder(flags.output);
    writeFileAtomic(flags.output, text, { mode: 0o600 });
    return this.finish(report, () => `Wrote the report to ${flags.output}: ${report.summary.errors} errors, ${report.summary.warnings} warnings`, exitCode);
  }

  /** The report of a failed gate is as confidential as the data: it must not be published by being in the wrong folder. */
  private refuseReleaseFolder(path: string, releases: string): void {
    if (path === releases || path.startsWith(`${releases}${sep}`))
      this.usage(`A report of the gate never goes into the folder of the releases: ${path}`, 'Write it to private/, which is never published nor committed.');
  }

  private async renderAs(format: string, report: CheckReport, title: string, color: boolean): Promise<string> {
    if (format === 'json') return `${(await import('../report/json-text.js')).renderJson(report)}\n`;
    const entries = (await import('../checks/programme.js')).listChecks();
    if (format === 'sarif') {
      const { renderCheckSarif } = await import('../report/check-sarif.js');
      return renderCheckSarif(report, entries, this.config.version);
    }
    if (format === 'html') {
      const { renderCheckHtml } = await import('../report/check-html.js');
      const { sha256Base64 } = await import('../fixity/digest.js');
      return renderCheckHtml(report, { entries, title, sha256Base64 });
    }
    const { renderCheck } = await import('../report/check-text.js');
    return renderCheck(report, entries, { color });
  }
}
