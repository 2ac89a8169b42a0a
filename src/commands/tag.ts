import { Args } from '@oclif/core';
import { BaseCommand, jobsFlag, workspaceFlag } from '../cli/base-command.js';
import { EXIT } from '../errors.js';
import type { TagReport } from '../model/tagging.js';
import { renderTag } from '../report/tag-text.js';

export default class Tag extends BaseCommand {
  static override summary = 'Let the models of colophon.yaml tag the images of accepted cases.';
  static override description =
    'Models are ONNX files; they run offline, on the processor, and see pixels only. Each image is read and decoded once; what the same model ' +
    'tagged before, from the same bytes and with the same settings, is not looked at again, and what is stale is dropped. Tags land in the ' +
    'catalog (table tag), are judged by the checks TAG-001 to TAG-004, can be balanced on (tag:MODEL), and are published in the table tags. ' +
    'Ctrl-C loses no more than the current batch. ' +
    'Exit status: 0 done, 1 an image with pixels could not be tagged, 2 no such model, 3 a model cannot be used or nothing was pulled yet, 130 interrupted.';
  static override examples = [
    { description: 'All models of colophon.yaml', command: '<%= config.bin %> tag' },
    { description: 'One of them, with two threads', command: '<%= config.bin %> tag view --jobs 2' },
    { description: 'What a model was least sure of', command: `<%= config.bin %> query "SELECT path, label, score FROM tag WHERE model = 'view' ORDER BY score LIMIT 20"` },
  ];
  static override strict = false;
  static override args = { model: Args.string({ description: 'Names of models; all by default.' }) };
  static override flags = { workspace: workspaceFlag, jobs: jobsFlag };

  async run(): Promise<TagReport> {
    const { argv, flags } = await this.parse(Tag);
    this.begin(flags);
    const { tagWorkspace } = await import('../workflow/tag.js');
    const { jobs } = flags;
    const options = { models: argv.map(String), signal: this.signal, ...(jobs === undefined ? {} : { jobs }) };
    const report = await tagWorkspace(this.workspace(flags), options, this.effects);
    return this.finish(report, () => renderTag(report, { color: this.color }), report.ok ? EXIT.done : EXIT.findings);
  }
}
