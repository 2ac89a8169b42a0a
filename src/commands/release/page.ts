import { join, relative, resolve, sep } from 'node:path';
import { Args, Flags } from '@oclif/core';
import { BaseCommand, workspaceFlag } from '../../cli/base-command.js';
import { makeParentFolder, writeFileAtomic } from '../../fixity/atomic-file.js';
import type { PageReport } from '../../model/page.js';
import type { RenderedPage } from '../../workflow/page.js';

export default class PageRelease extends BaseCommand {
  static override summary = 'Render the landing page of a release anew, or the index of all releases.';
  static override description =
    'The page that a release carries never changes; what is rendered here goes to stdout or where you say. The index, releases/index.html, is part of no ' +
    'release: every cut writes it, and so does --index. Exit status: 0 done, 2 usage, 3 there is no such release, or it was edited.';
  static override examples = [
    { description: 'Of the newest release, as a file', command: '<%= config.bin %> release page --output page.html' },
    { description: 'Of another one', command: '<%= config.bin %> release page 2.1.0 > page.html' },
    { description: 'Write the index of all releases', command: '<%= config.bin %> release page --index' },
  ];
  static override args = { version: Args.string({ description: 'The release, e.g. 2.1.0; the newest by default.' }) };
  static override flags = {
    workspace: workspaceFlag,
    index: Flags.boolean({ summary: 'The index of all releases, written to releases/index.html unless --output says otherwise.' }),
    output: Flags.string({ char: 'o', helpValue: 'FILE', summary: 'Write to this file instead of stdout.' }),
  };

  async run(): Promise<PageReport> {
    const { args, flags } = await this.parse(PageRelease);
    this.begin(flags);
    if (flags.index && args.version !== undefined) this.usage('The index is about all releases.', 'Name a release, or give --index.');
    const { renderIndex, renderPage, writeIndex } = await import('../../workflow/page.js');
    const workspace = this.workspace(flags);
    if (flags.output !== undefined) this.refusePublished(resolve(flags.output), workspace.paths.releases);
    if (flags.index && flags.output === undefined) {
      const report = await writeIndex(workspace);
      return this.finish(report, () => `Wrote the index of releases to ${report.path ?? ''}`);
    }
    return this.deliver(await (flags.index ? renderIndex(workspace) : renderPage(workspace, args.version ?? null)), flags.output);
  }

  private deliver({ html, report }: RenderedPage, output: string | undefined): PageReport {
    if (output === undefined) return this.finish(report, () => html);
    makeParentFolder(output);
    writeFileAtomic(output, html);
    const differs = report.as_published === false ? '; it differs from the one that the release carries' : '';
    return this.finish({ ...report, path: output }, () => `Wrote the page to ${output}${differs}`);
  }

  /** What is published never changes: no page is written into a release. */
  private refusePublished(path: string, releases: string): void {
    const inside = relative(releases, path);
    if (inside.startsWith('..') || path === join(releases, 'index.html') || !inside.includes(sep)) return;
    this.usage(`Nothing is written into a published release: ${path}`, 'Name a file outside of the folder of the releases.');
  }
}
