import { Args, Flags } from '@oclif/core';
import type { ExportReport } from '../model/exchange.js';
import { renderExport } from '../report/export-text.js';
import { BaseCommand, workspaceFlag } from './base-command.js';

/** What is asked of an export of a document. */
export interface DocumentRequest {
  release: string;
  output: string;
  dryRun: boolean;
  force: boolean;
  signal: AbortSignal;
}

/** The two ways out: a file, with a report, or the text. */
export interface DocumentExits {
  write: (request: DocumentRequest) => Promise<ExportReport>;
  print: () => Promise<string>;
}

/** What the exports of one document share: to a file, or to stdout. */
export abstract class DocumentExport extends BaseCommand {
  static override args = { release: Args.string({ description: 'A release of the workspace by its version, or the folder of one anywhere.', required: true }) };
  static override flags = {
    workspace: workspaceFlag,
    output: Flags.string({ char: 'o', helpValue: 'DIR|FILE', summary: 'The file, or the folder, to write into; stdout by default.' }),
    'dry-run': Flags.boolean({ default: false, summary: 'Compute everything, write nothing.' }),
    force: Flags.boolean({ default: false, summary: 'Replace a file that is there already.' }),
  };

  /** Exports a document by the one or the other, as the flags say. */
  protected async exportBy({ write, print }: DocumentExits, args: { release: string }, flags: DocumentFlags): Promise<ExportReport | undefined> {
    this.begin(flags);
    const { output, force, 'dry-run': dryRun } = flags;
    if (output === undefined) {
      if (this.jsonEnabled()) this.usage('With --json the answer is a report, so the document needs a place of its own.', 'Name a file: --output FILE');
      process.stdout.write(await print());
      return undefined;
    }
    const report = await write({ release: args.release, output, dryRun, force, signal: this.signal });
    return this.finish(report, () => renderExport(report, { color: this.color }));
  }
}

interface DocumentFlags {
  workspace?: string | undefined;
  output?: string | undefined;
  quiet?: boolean;
  'dry-run': boolean;
  force: boolean;
}
