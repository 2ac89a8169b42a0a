import { dirname } from 'node:path';
import { Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../cli/base-command.js';
import { redisFlag } from '../cli/engine-flags.js';
import { EXIT } from '../errors.js';
import type { DoctorReport } from '../model/doctor.js';
import { ENGINE_NAMES } from '../model/engine.js';
import { renderDoctor } from '../report/doctor-text.js';

export default class Doctor extends BaseCommand {
  static override summary = 'Tell what is wrong with this installation, the workspace, its sources and the engines.';
  static override description =
    'Each is tried for real: packages are started, files written and flushed, servers asked for a little. Nothing is changed but for a probe ' +
    'file below .colophon, which is removed. A server that does not answer is given up after 8 seconds. Without a workspace the ' +
    'installation and the engines are looked at. Exit status: 0 nothing failed, 1 something did, 3 it cannot run at all.';
  static override examples = [
    { description: 'Everything', command: '<%= config.bin %> doctor' },
    { description: 'Whether work can be given to the cluster', command: '<%= config.bin %> doctor --engine slurm' },
    { description: 'For a monitor', command: '<%= config.bin %> doctor --json' },
  ];
  static override flags = {
    workspace: workspaceFlag,
    engine: Flags.option({ options: ENGINE_NAMES, summary: 'An engine that must work; without it, one that is not there is no failure.' })(),
    redis: redisFlag(),
  };

  async run(): Promise<DoctorReport> {
    const { flags } = await this.parse(Doctor);
    this.begin(flags);
    const { examine } = await import('../workflow/doctor.js');
    const paths = this.findPaths(flags);
    const root = paths === null ? null : dirname(paths.config);
    const report = await examine({ root, open: () => this.workspace(flags), engine: flags.engine ?? null, redis: flags.redis }, this.effects);
    return this.finish(report, () => renderDoctor(report, { color: this.color }), report.ok ? EXIT.done : EXIT.findings);
  }
}
