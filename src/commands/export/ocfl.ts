import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { hardlinkFlag } from '../../cli/export-flags.js';
import type { ExportReport } from '../../model/exchange.js';
import { renderExport } from '../../report/export-text.js';

export default class ExportOcfl extends BaseCommand {
  static override summary = 'Add releases to an OCFL storage root: one object a dataset, one version a release.';
  static override description =
    'OCFL 1.1. Content that the object has already is not written again. Versions are prepared beside the root and renamed into place; after a kill the ' +
    'same command goes on. A release that holds cases which were withdrawn since is refused, with --all left out: an OCFL version can never be ' +
    'changed. An object that holds such a version already must be removed as a whole and exported anew. ' +
    'Exit status: 0 done, 2 a release older than what the object holds, 3 no such release, it was changed, or the root is something else, 5 it holds withdrawn cases.';
  static override examples = ['<%= config.bin %> export ocfl 2.1.0 --output /archive/ocfl', '<%= config.bin %> export ocfl --all --output /archive/ocfl'];
  static override strict = false;
  static override args = { release: Args.string({ description: 'Releases of the workspace by their versions, or folders of releases.' }) };
  static override flags = {
    workspace: workspaceFlag,
    all: Flags.boolean({ default: false, summary: 'Every release of the workspace that holds no withdrawn case.' }),
    output: Flags.string({ char: 'o', required: true, helpValue: 'ROOT', summary: 'The storage root; made when it is not there.' }),
    id: Flags.string({ helpValue: 'URI', summary: 'Id of the object; urn:colophon:<dataset id> by default.' }),
    digest: Flags.string({ default: 'sha512', options: ['sha512', 'sha256'] as const, summary: 'Digest of a new object; sha256 is what the manifests have, and OCFL only allows it.' }),
    hardlink: hardlinkFlag,
    'dry-run': Flags.boolean({ default: false, summary: 'Read and check everything, write nothing.' }),
  };

  async run(): Promise<ExportReport> {
    const { argv, flags } = await this.parse(ExportOcfl);
    this.begin(flags);
    const releases = argv.map(String);
    const { all, output, id = null, hardlink, 'dry-run': dryRun } = flags;
    if (all === releases.length > 0) this.usage(all ? 'Either releases or --all, not both.' : 'Name releases, or all of them: --all');
    if (id !== null && !/^[A-Za-z][A-Za-z0-9+.-]*:\S+$/.test(id)) this.usage('The id of an object is a URI.', 'For example: --id https://doi.org/10.1234/chest');
    const { exportOcflVersions } = await import('../../workflow/export-archives.js');
    const digest = flags.digest === 'sha256' ? 'sha256' : 'sha512';
    const report = await exportOcflVersions({ releases, all, output, id, digest, hardlink, dryRun, signal: this.signal }, this.findPaths(flags), this.effects);
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}
