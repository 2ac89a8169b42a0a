import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { sizeFlag } from '../../cli/size-flag.js';
import { ARCHIVE_FORMATS, PACK_UNITS, type ArchiveFormat, type PackReport, type PackUnitLevel } from '../../model/transfer.js';
import { renderPack } from '../../report/transfer-text.js';

export default class PackRelease extends BaseCommand {
  static override summary = 'Pack a release into archives of limited size.';
  static override description =
    'The first archive has the tables and all metadata, the others the images; a case is never cut in two. An index tells which case is in which ' +
    'archive, SHA256SUMS has the digests. Unpacked into one folder the archives are the release again, byte by byte. The same release gives the ' +
    'same archives. Every file is held against the lists of the release while it is packed: a damaged release is not packed, and nothing half-written ' +
    'stays. Exit status: 0 packed, 2 the folder is not empty, 3 there is no such release, it is damaged, or the disk is full, 5 it holds withdrawn cases, 130 interrupted.';
  static override examples = [
    { description: 'What would be in which archive', command: '<%= config.bin %> release pack 2.1.0 --dry-run' },
    { description: 'Archives of 2 GB', command: '<%= config.bin %> release pack 2.1.0 --format tar --shard-bytes 2GB --output /mnt/transfer/2.1.0' },
  ];
  static override args = { version: Args.string({ description: 'The release, e.g. 2.1.0.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    format: Flags.string({ options: [...ARCHIVE_FORMATS], default: 'zip', summary: 'zip (zip64, files stored as they are), tar, or tar.gz.' }),
    output: Flags.string({ helpValue: 'DIR', summary: 'New or empty folder for the archives; packs/<version>-<format> of the workspace by default.' }),
    'shard-bytes': sizeFlag({ summary: 'Size of an archive at most, e.g. 2GB; 10GB by default. Only what cannot be cut is larger.' }),
    by: Flags.string({ options: [...PACK_UNITS], default: 'case', summary: 'What is never cut in two.' }),
    deflate: Flags.boolean({ summary: 'Compress the files of a zip; images hardly shrink, uncompressed ones and tables may.' }),
    'allow-withdrawn': Flags.boolean({ summary: 'Also pack a release that holds cases which were withdrawn since.' }),
    'dry-run': Flags.boolean({ summary: 'Say what would be in which archive, write nothing.' }),
  };

  async run(): Promise<PackReport> {
    const { args, flags } = await this.parse(PackRelease);
    this.begin(flags);
    if (flags.deflate && flags.format !== 'zip') this.usage('--deflate is for zip.', 'A compressed tar is: --format tar.gz');
    const { packWorkspaceRelease } = await import('../../workflow/pack.js');
    const options = {
      format: flags.format as ArchiveFormat,
      by: flags.by as PackUnitLevel,
      deflate: flags.deflate,
      allowWithdrawn: flags['allow-withdrawn'],
      dryRun: flags['dry-run'],
      signal: this.signal,
      ...(flags['shard-bytes'] === undefined ? {} : { shardBytes: flags['shard-bytes'] }),
      ...(flags.output === undefined ? {} : { output: flags.output }),
    };
    const report = await packWorkspaceRelease(this.workspace(flags), args.version, options, this.effects);
    return this.finish(report, () => renderPack(report, { color: this.color }));
  }
}
