import { Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { exportFlags, prefixFlag, releaseArgument } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportGen3 extends BaseCommand {
  static override summary = 'Write the images of a release as a Gen3 file manifest and as a table for its index.';
  static override description =
    'gen3-manifest.json is what gen3-client downloads from; indexd-manifest.tsv is what `gen3 objects manifest publish` indexes, and needs md5. ' +
    'The id of a file is made from its bytes (prefix and UUID version 5 of its sha256): the same file has the same id in every release. ' +
    'Exit status: 0 done, 2 a file is there already, or a flag is wrong, 3 no such release, or it was changed, or it has no md5, 5 it holds withdrawn cases.';
  static override examples = [
    '<%= config.bin %> export gen3 2.1.0 --output gen3 --base-url s3://bucket/releases --authz /programs/Open/projects/A1',
    { description: 'The file manifest alone, of a downloaded release', command: '<%= config.bin %> export gen3 chest-2.1.0 --output manifest.json --commons data.midrc.org' },
  ];
  static override args = releaseArgument;
  static override flags = {
    ...exportFlags,
    prefix: prefixFlag,
    commons: Flags.string({ helpValue: 'HOST', summary: 'Host of the data commons, for commons_url.' }),
    authz: Flags.string({ multiple: true, multipleNonGreedy: true, helpValue: 'RESOURCE', summary: 'A resource whose readers may have the files.' }),
  };

  async run(): Promise<ExportReport> {
    const { args, flags } = await this.parse(ExportGen3);
    this.begin(flags);
    const { output, prefix, commons, authz, force, 'base-url': baseUrl, 'dry-run': dryRun } = flags;
    const { exportGen3 } = await import('../../workflow/export-manifests.js');
    const request = { release: args.release, output, prefix, commons: commons ?? null, authz: authz ?? [], baseUrl: baseUrl ?? null, dryRun, force, signal: this.signal };
    const report = await exportGen3(request, this.findPaths(flags));
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
