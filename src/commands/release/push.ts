import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { PushReport } from '../../model/transfer.js';
import { renderPush } from '../../report/transfer-text.js';

export default class PushRelease extends BaseCommand {
  static override summary = 'Push a release to a folder or an S3 bucket.';
  static override description =
    'The release is verified first. Images go first, then tables, release.json last, so that nobody sees a release before all of it is there. Its number ' +
    'is claimed there in log/ by exclusive creation, every file is created only where nothing is: two publishers cannot overwrite each other. Run again, it ' +
    'sends only what is missing: a file counts as there when size and sha256 agree (in a folder it is hashed; in a bucket the sha256 is read that it was sent ' +
    'with). Amendments and notices beside the releases go along; latest.json moves last. Credentials come from the environment, as the AWS tools read it. ' +
    'Exit status: 0 pushed, 2 not a place to push to, 3 the release does not verify, another release is there, or the server refused, 5 it holds withdrawn cases, 130 interrupted.';
  static override examples = [
    { description: 'What would be sent, and what is there already', command: '<%= config.bin %> release push 2.1.0 s3://my-bucket/datasets/chest --dry-run' },
    { description: 'To a server of your own', command: '<%= config.bin %> release push 2.1.0 s3://chest/releases --endpoint https://s3.example.org' },
    { description: 'To another disk', command: '<%= config.bin %> release push 2.1.0 /mnt/archive/chest' },
  ];
  static override args = {
    version: Args.string({ description: 'The release, e.g. 2.1.0.', required: true }),
    destination: Args.string({ description: 'A folder, or s3://bucket/prefix.', required: true }),
  };
  static override flags = {
    workspace: workspaceFlag,
    endpoint: Flags.string({ helpValue: 'URL', summary: 'S3 server that is not Amazon’s.' }),
    region: Flags.string({ summary: 'Region of the bucket; AWS_REGION or us-east-1 by default.' }),
    'allow-withdrawn': Flags.boolean({ summary: 'Also push a release that holds cases which were withdrawn since.' }),
    jobs: Flags.integer({ char: 'j', min: 1, max: 64, summary: 'Files that are sent at once; 8 by default.' }),
    'dry-run': Flags.boolean({ summary: 'Look at what is there, write nothing.' }),
  };

  async run(): Promise<PushReport> {
    const { args, flags } = await this.parse(PushRelease);
    this.begin(flags);
    const { pushWorkspaceRelease } = await import('../../workflow/push.js');
    const { endpoint, region, jobs } = flags;
    const options = {
      dryRun: flags['dry-run'],
      allowWithdrawn: flags['allow-withdrawn'],
      signal: this.signal,
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(region === undefined ? {} : { region }),
      ...(jobs === undefined ? {} : { jobs }),
    };
    const report = await pushWorkspaceRelease(this.workspace(flags), args.version, args.destination, options, this.effects);
    return this.finish(report, () => renderPush(report, { color: this.color }));
  }
}
