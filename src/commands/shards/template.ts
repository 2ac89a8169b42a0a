import { dirname, sep } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import type { ShardsTemplate } from '../../model/shards.js';

export default class TemplateOfShards extends BaseCommand {
  static override summary = 'Print what a scheduler needs to run the shards of a plan.';
  static override description =
    'For Slurm a script that submits job arrays, for Kubernetes an Indexed Job, for AWS Batch the request of an array job. Shards that are done end at once, so that all of it may be submitted again. ' +
    'Exit status: 0 done, 2 the scheduler cannot take so many shards, 3 there is no plan, 4 a plan of a newer format.';
  static override examples = [
    { description: 'Submit to Slurm', command: '<%= config.bin %> shards template slurm > submit.sh && sh submit.sh' },
    { description: 'An Indexed Job', command: '<%= config.bin %> shards template kubernetes --image registry.example/colophon:0.1.0 --volume imaging > job.yaml' },
    { description: 'An array of AWS Batch', command: '<%= config.bin %> shards template aws-batch > job.json && aws batch submit-job --cli-input-json file://job.json' },
  ];
  static override args = {
    scheduler: Args.string({ options: ['slurm', 'kubernetes', 'aws-batch'], required: true, description: 'Who runs the shards.' }),
    plan: Args.string({ description: 'The folder of the plan; by default the one that was planned last in this workspace.' }),
  };
  static override flags = {
    workspace: workspaceFlag,
    image: Flags.string({ helpValue: 'NAME', summary: 'Kubernetes: an image with this program.' }),
    volume: Flags.string({ helpValue: 'NAME', summary: 'Kubernetes: the claim of the volume that holds plan and files.', default: 'colophon-data' }),
    mount: Flags.string({ helpValue: 'DIR', summary: 'Kubernetes: where that volume is mounted; the workspace, or the folder above the plan, by default.' }),
    queue: Flags.string({ helpValue: 'NAME', summary: 'AWS Batch: the job queue.', default: 'colophon' }),
    definition: Flags.string({ helpValue: 'NAME', summary: 'AWS Batch: the job definition, of an image with this program and the shared file system.', default: 'colophon' }),
  };

  async run(): Promise<ShardsTemplate> {
    const { args, flags } = await this.parse(TemplateOfShards);
    this.begin(flags);
    const { locatePlan } = await import('../../workflow/shards-place.js');
    const { writeTemplate } = await import('../../workflow/shards-template.js');
    const paths = this.findPaths(flags);
    const folder = locatePlan(args.plan, paths?.cache ?? null);
    const root = paths === null ? null : dirname(paths.config);
    const inWorkspace = root !== null && folder.startsWith(`${root}${sep}`);
    const { image = `colophon:${this.config.version}`, volume, mount = inWorkspace ? root : dirname(folder), queue, definition } = flags;
    const template = writeTemplate(args.scheduler as ShardsTemplate['scheduler'], folder, { image, volume, mount, queue, definition });
    return this.finish(template, () => template.text);
  }
}
