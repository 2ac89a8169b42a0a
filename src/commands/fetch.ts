import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { transferFlags, transferOptions } from '../cli/transfer-flags.js';
import { EXIT } from '../errors.js';
import type { FetchReport } from '../model/fetch.js';
import { renderFetch } from '../report/fetch-text.js';

export default class Fetch extends BaseCommand {
  static override summary = 'Fetch a release from a web server or a bucket, verified; run again, it goes on where it stopped.';
  static override description =
    'The release comes into DIR/<version>: first release.json, held against --expect, --signers and what was fetched before; then the lists that it vouches for; ' +
    'then tables, then images, several at once, large ones in parts. A file has its name only when its bytes are those that were published, and the folder has its ' +
    'name only when all of it is. A server that breaks off, or is gone for a while, is asked again; killed, the same command goes on with what is there. URL may be ' +
    'the folder of one release, or that of all releases of a dataset: then the log of its releases tells which is meant. colophon-receipt.json in DIR says ' +
    'what was fetched, in a sentence for a paper too; a version that was fetched once is never taken for another one. ' +
    'Exit status: 0 fetched and verified, 1 problems, 2 usage, 3 the source failed, has no such release or another one, or the disk is full, 4 a newer format, 5 it holds withdrawn content, 130 interrupted.';
  static override examples = [
    { description: 'One release', command: '<%= config.bin %> fetch https://data.example.org/chest/2.1.0/ chest' },
    { description: 'The newest of a dataset; 2 or 2.1 is the newest that begins so', command: '<%= config.bin %> fetch https://data.example.org/chest/ chest --version latest' },
    { description: 'With the digest that a paper printed', command: '<%= config.bin %> fetch https://data.example.org/chest/2.1.0/ chest --expect sha256:HEX' },
    { description: 'From a bucket, with no more than 20 MB a second', command: '<%= config.bin %> fetch s3://chest/releases chest --endpoint https://s3.example.org --limit-rate 20MB' },
    { description: 'A part of it; verify and repair take the same words', command: '<%= config.bin %> fetch https://data.example.org/chest/ chest --only "split = \'train\' and modality = \'CT\'"' },
    { description: 'How much is it?', command: '<%= config.bin %> fetch https://data.example.org/chest/ chest --dry-run' },
  ];
  static override args = {
    url: Args.string({ description: 'https://..., s3://bucket/prefix, or a folder: of a release, or of the releases of a dataset.', required: true }),
    dir: Args.string({ description: 'The folder that gets the release, under its version.', required: true }),
  };
  static override flags = {
    version: Flags.string({ helpValue: 'latest|2|2.1|2.1.0', summary: 'Which release of a dataset; the latest by default.' }),
    only: Flags.string({ helpValue: 'EXPR', summary: 'Fetch the images of cases, series or instances for which this holds, e.g. "split = \'train\' and modality = \'CT\'"; tables come whole.' }),
    'min-release': Flags.string({ helpValue: 'VERSION|SEQUENCE', summary: 'Refuse a release below it: a server may show an old one as the latest.' }),
    'allow-withdrawn': Flags.boolean({ summary: 'Also fetch a release that holds cases which were withdrawn since.' }),
    ...transferFlags,
  };

  async run(): Promise<FetchReport> {
    const { args, flags } = await this.parse(Fetch);
    this.begin(flags);
    const { fetchRelease } = await import('../workflow/fetch.js');
    const { readTrust } = await import('../workflow/trust.js');
    const { version } = flags;
    const options = {
      ...transferOptions(flags),
      trust: readTrust(flags),
      allowWithdrawn: flags['allow-withdrawn'],
      signal: this.signal,
      ...(version === undefined ? {} : { version }),
      ...(flags.only === undefined ? {} : { only: (await import('../workflow/image-selection.js')).imageSelection(flags.only) }),
    };
    const report = await fetchRelease(args.url, args.dir, options, this.effects);
    const { withdrawn = [], problems = [] } = report.verified ?? {};
    const exitCode = withdrawn.length > 0 ? EXIT.withdrawn : problems.length > 0 ? EXIT.findings : EXIT.done;
    return this.finish(report, () => renderFetch(report, { color: this.color }), exitCode);
  }
}
