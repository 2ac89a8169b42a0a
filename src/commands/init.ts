import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import type { InitReport } from '../model/init.js';
import { initWorkspace, TEMPLATES } from '../workspace/init.js';

export default class Init extends BaseCommand {
  static override summary = 'Make a workspace: a commented colophon.yaml, clinical schemas, releases/ and a .gitignore.';
  static override description = 'Files that are there already are kept. Exit status: 0 done, 3 there is a workspace already.';
  static override examples = [
    { description: 'A workspace in a new folder', command: '<%= config.bin %> init chest-2026' },
    { description: 'Chest CT with lung nodules', command: '<%= config.bin %> init nodules-2026 --template lung-nodules' },
    { description: 'Images only, no clinical tables', command: '<%= config.bin %> init chest-2026 --template minimal' },
  ];
  static override args = { folder: Args.string({ description: 'Where; made when it is not there.', default: '.' }) };
  static override flags = {
    template: Flags.string({
      summary: 'What to start from: MIDRC tables and a split, lung nodules in chest CT, or the least there can be.',
      options: TEMPLATES,
      default: 'midrc',
    }),
  };

  async run(): Promise<InitReport> {
    const { args, flags } = await this.parse(Init);
    this.begin(flags);
    const report = initWorkspace(args.folder, flags.template as InitReport['template']);
    return this.finish(report, () => renderInit(report));
  }
}

function renderInit({ workspace, created }: InitReport): string {
  const packs = created.filter((path) => path.startsWith('schemas/'));
  const others = created.filter((path) => !path.startsWith('schemas/'));
  return [
    `Made a workspace in ${workspace}`,
    ...others.map((path) => `  ${path}`),
    ...(packs.length > 0 ? [`  schemas/  (${packs.length} files)`] : []),
    '',
    'Next: name your dataset and its sources in colophon.yaml, then run `colophon pull`.',
  ].join('\n');
}
