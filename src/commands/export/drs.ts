import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { exportFlags, prefixFlag, releaseArgument } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportDrs extends BaseCommand {
  static override summary = 'Write a release as objects and bundles of the GA4GH Data Repository Service.';
  static override description =
    'One object an image, and nested bundles for the release, its cases, studies and series, with the checksums that DRS 1.5 asks for. The ids are ' +
    'those of `export gen3`. Exit status: 0 done, 2 a file is there already, or it is not known where the files lie, 3 no such release, or it was changed, 5 it holds withdrawn cases.';
  static override examples = [
    '<%= config.bin %> export drs 2.1.0 --output drs-objects.json --base-url https://data.example.org/releases',
    '<%= config.bin %> export drs chest-2.1.0 --output drs --base-url s3://bucket/releases --host drs.example.org',
  ];
  static override args = releaseArgument;
  static override flags = {
    ...exportFlags,
    prefix: prefixFlag,
    host: Flags.string({ helpValue: 'HOST', summary: 'Host of the DRS service; by default that of the base URL.' }),
  };

  async run(): Promise<ExportReport> {
    const { args, flags } = await this.parse(ExportDrs);
    this.begin(flags);
    const { output, prefix, host, force, 'base-url': baseUrl, 'dry-run': dryRun } = flags;
    const { exportDrs } = await import('../../workflow/export-manifests.js');
    const request = { release: args.release, output, prefix, host: host ?? null, baseUrl: baseUrl ?? null, dryRun, force, signal: this.signal };
    const report = await exportDrs(request, this.findPaths(flags));
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
