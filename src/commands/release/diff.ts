import { extname, resolve, sep } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import { makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import type { ReleaseDiff } from '../../model/release-diff.js';
import { renderDiff, type DiffTextOptions } from '../../report/diff-text.js';

type Format = 'text' | 'json' | 'markdown' | 'html';

/** What the ending of a file says of the report in it; the other endings are tables of all changes. */
const ENDINGS: ReadonlyMap<string, Format> = new Map([['.txt', 'text'], ['.json', 'json'], ['.md', 'markdown'], ['.html', 'html'], ['.htm', 'html']]);
const TABLES: readonly string[] = ['.parquet', '.jsonl'];

export default class DiffReleases extends BaseCommand {
  static override summary = 'Tell what changed between two releases: cases, images, tables, columns, cells, splits, schema, policy, licence.';
  static override description =
    'A release is a version of the workspace, or a folder from anywhere; no workspace is needed for folders. Compares content digests and ' +
    'tables; reads no image, and none need be there. Of withdrawn cases only the id and the class of the reason are told, of hidden cells ' +
    'nothing. Exit status: 0 no difference, 1 differences, 2 usage, 3 there is no such release, or it was changed, 4 unknown format version.';
  static override examples = [
    '<%= config.bin %> release diff 1.0.0 2.0.0',
    { description: 'Two copies that somebody downloaded', command: '<%= config.bin %> release diff ./chest-1.0.0 ./chest-2.0.0' },
    { description: 'A page for the meeting', command: '<%= config.bin %> release diff 1.0.0 2.0.0 --output private/changes.html' },
    { description: 'Every change, as a table', command: '<%= config.bin %> release diff 1.0.0 2.0.0 --output changes.parquet' },
    { description: 'For scripts', command: '<%= config.bin %> release diff 1.0.0 2.0.0 --limit 100000 --json' },
  ];
  static override args = {
    from: Args.string({ description: 'The older release: its version, or its folder.', required: true }),
    to: Args.string({ description: 'The newer release: its version, or its folder.', required: true }),
  };
  static override flags = {
    workspace: workspaceFlag,
    limit: Flags.integer({ min: 0, max: 10_000_000, default: 1000, summary: 'How many changes are listed; all are counted.' }),
    format: Flags.string({ options: ['text', 'json', 'markdown', 'html'] as const, summary: 'Form of the report; text, or as the ending of --output says, by default.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'Write the report to this file instead of stdout; a file .parquet or .jsonl gets every change.' }),
  };

  async run(): Promise<ReleaseDiff> {
    const { args, flags } = await this.parse(DiffReleases);
    this.begin(flags);
    const { limit, output } = flags;
    const paths = this.findPaths(flags);
    if (output !== undefined && paths !== null) this.refuseReleaseFolder(resolve(output), paths.releases);
    const format = this.formatOf(flags.format as Format | undefined, output);
    const { diffReleases } = await import('../../workflow/release-diff.js');
    const diff = await diffReleases({ from: args.from, to: args.to, paths, limit, memory: this.memory, scratch: paths?.cache, ...(output !== undefined && format === null ? { table: output } : {}) });
    const exitCode = diff.total > 0 ? EXIT.findings : EXIT.done;
    const text = format === null ? '' : await this.render(diff, format, output === undefined ? { color: this.color } : { listed: limit });
    if (output === undefined) return this.finish(diff, () => text, exitCode);
    if (format !== null) {
      makeParentFolder(output);
      writeFileAtomic(output, text);
    }
    return this.finish(diff, () => `Wrote ${output}: ${diff.total} ${diff.total === 1 ? 'change' : 'changes'}`, exitCode);
  }

  /** Null: a table of all changes. */
  private formatOf(asked: Format | undefined, output: string | undefined): Format | null {
    if (output === undefined) return asked ?? 'text';
    const ending = extname(output).toLowerCase();
    if (asked !== undefined && TABLES.includes(ending)) this.usage(`--format ${asked} does not go into a file ${ending}.`, 'Leave --format away, or name another file.');
    const format = asked ?? ENDINGS.get(ending);
    if (format !== undefined) return format;
    if (TABLES.includes(ending)) return null;
    return this.usage(`The ending of ${output} does not say what to write.`, `End it with ${[...ENDINGS.keys(), ...TABLES].join(', ')}, or give --format.`);
  }

  /** A published release never changes. */
  private refuseReleaseFolder(path: string, releases: string): void {
    if (path === releases || path.startsWith(`${releases}${sep}`)) this.usage(`A comparison never goes into the folder of the releases: ${path}`, 'Write it somewhere else.');
  }

  private async render(diff: ReleaseDiff, format: Format, options: DiffTextOptions): Promise<string> {
    if (format === 'text') return renderDiff(diff, options);
    if (format === 'json') return `${(await import('../../report/json-text.js')).renderJson(diff)}\n`;
    if (format === 'markdown') return (await import('../../workflow/release-diff.js')).formatDiff(diff);
    const { renderDiffHtml } = await import('../../report/diff-html.js');
    const { sha256Hex } = await import('../../fixity/digest.js');
    return renderDiffHtml(diff, { sha256Base64: (text) => Buffer.from(sha256Hex(text), 'hex').toString('base64') });
  }
}
