import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../cli/base-command.js';
import { engineChoice, engineFlags } from '../cli/engine-flags.js';
import { EXIT } from '../errors.js';
import type { PullReport } from '../model/pull.js';
import { renderPull } from '../report/pull-text.js';

export default class Pull extends BaseCommand {
  static override summary = 'Bring the accepted cases into the catalog: tables, image headers, sizes and digests.';
  static override description =
    'Sources are folders, DICOMweb services, S3 buckets, manifests of Gen3, IDC and TCIA, PostgreSQL registries and tables on web servers, as ' +
    'colophon.yaml names them. Each image is read once: digest and header come from the same bytes. A second pull reads what is new or ' +
    'changed. Nothing is skipped in silence: every file gets a row, every refused table is named with line and column. Ctrl-C loses no more than the current batch. ' +
    'Exit status: 0 done, 1 a table was refused, 2 no such source, 3 a source is not there, 130 interrupted.';
  static override examples = [
    { description: 'All sources of colophon.yaml', command: '<%= config.bin %> pull' },
    { description: 'One of them', command: '<%= config.bin %> pull images' },
    { description: 'As jobs of the cluster whose login node this is', command: '<%= config.bin %> pull --engine slurm --slurm-option --partition=long' },
    { description: 'Read every file again, whatever its size and time say', command: '<%= config.bin %> pull --rehash' },
  ];
  static override strict = false;
  static override args = { source: Args.string({ description: 'Names of sources; all by default.' }) };
  static override flags = {
    workspace: workspaceFlag,
    ...engineFlags,
    rehash: Flags.boolean({ summary: 'Read every file again, also those whose size and time did not change.' }),
  };

  async run(): Promise<PullReport> {
    const { argv, flags } = await this.parse(Pull);
    this.begin(flags);
    const { pullWorkspace } = await import('../workflow/pull.js');
    const { rehash, jobs } = flags;
    const options = { sources: argv.map(String), rehash, signal: this.signal, ...(jobs === undefined ? {} : { jobs }) };
    const workspace = this.workspace(flags);
    const { withEngine } = await import('../workflow/with-engine.js');
    const choice = engineChoice(flags, workspace.config.engines, workspace.paths.cache);
    const report = await withEngine(choice, this.effects, (engine) => pullWorkspace(workspace, { ...options, engine }, this.effects));
    return this.finish(report, () => renderPull(report, { color: this.color }), report.ok ? EXIT.done : EXIT.findings);
  }
}
