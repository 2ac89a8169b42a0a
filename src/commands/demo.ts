import { Args } from '@oclif/core';
import { BaseCommand } from '../cli/base-command.js';
import { runDemo } from '../demo/demo.js';
import type { Scene } from '../demo/script.js';
import type { DemoReport } from '../model/demo.js';
import { formatDuration } from '../report/units.js';

export default class Demo extends BaseCommand {
  static override summary = 'Fill a workspace with the bundled sample and take it through two releases, step by step.';
  static override description =
    'Runs pull, check, split, cut and verify on about 40 real cases, then new cases, a correction and a withdrawal arrive and release 2.0.0 is cut. ' +
    'Each step tells the command that you would type. Exit status: 0 done, 3 the folder is not empty, 130 interrupted.';
  static override examples = [
    { description: 'In a new temporary folder', command: '<%= config.bin %> demo' },
    { description: 'In a folder of your choice, to look around afterwards', command: '<%= config.bin %> demo chest-demo' },
  ];
  static override args = { folder: Args.string({ description: 'A new or empty folder; a new temporary one by default.' }) };

  async run(): Promise<DemoReport> {
    const { args, flags } = await this.parse(Demo);
    this.begin(flags);
    const silent = flags.quiet || this.jsonEnabled();
    const tell = (scene: Scene, number: number, total: number) => {
      if (!silent) process.stdout.write(this.headline(scene, number, total));
    };
    const report = await runDemo(args.folder, { tell, show: !silent, signal: this.signal }, this.effects);
    return this.finish(report, () => `\nDone in ${formatDuration(report.seconds)}. The workspace stays in ${report.workspace}\n`);
  }

  private headline({ title, says, command }: Scene, number: number, total: number): string {
    const bold = (text: string) => (this.color ? `\u001B[1m${text}\u001B[0m` : text);
    const prompt = command === undefined ? '' : `\n${bold(`$ colophon ${command.join(' ')}`)}\n`;
    return `\n${bold(`── ${number}/${total}  ${title}`)}\n${says}\n${prompt}`;
  }
}
