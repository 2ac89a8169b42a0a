import { Args, Flags } from '@oclif/core';
import { BaseCommand } from '../../cli/base-command.js';
import { EXIT } from '../../errors.js';
import type { AuditReport } from '../../model/commitment.js';
import { renderAudit } from '../../report/commitment-text.js';

export default class AuditSplit extends BaseCommand {
  static override summary = 'Hold an opened row, a revealed hidden part or a seed against what a release had committed to.';
  static override description =
    'Needs no workspace and no key: only the file of `split prove` or `split reveal`, and the folder of the old release or the root that was ' +
    'published. Names every row that is not as it was committed, rows that were added or left out, another split, dataset or root, and says ' +
    'what it could not check. ' +
    'Exit status: 0 it is what was committed, 1 it is not, 2 usage, 3 no such release or the file is no proof and no reveal, 4 a newer format.';
  static override examples = [
    '<%= config.bin %> split audit revealed.json --release chest-1.0.0',
    { description: 'With the digest that a paper printed', command: '<%= config.bin %> split audit proof.json --release chest-1.0.0 --expect sha256:HEX' },
    { description: 'With nothing but a root', command: '<%= config.bin %> split audit proof.json --root HEX' },
  ];
  static override args = { file: Args.string({ description: 'A file of `split prove` or `split reveal`.', required: true }) };
  static override flags = {
    release: Flags.string({ helpValue: 'DIR', exclusive: ['root'], summary: 'The folder of the release that has the commitment.' }),
    root: Flags.string({ helpValue: 'HEX', summary: 'The Merkle root that was published, instead of a release.' }),
    expect: Flags.string({ helpValue: 'sha256:HEX', summary: 'The release digest that the release must have.' }),
  };

  async run(): Promise<AuditReport> {
    const { args, flags } = await this.parse(AuditSplit);
    this.begin(flags);
    const { auditOpening } = await import('../../workflow/split-audit.js');
    const { release, root, expect } = flags;
    const options = { ...(release === undefined ? {} : { release }), ...(root === undefined ? {} : { root }), ...(expect === undefined ? {} : { expect }) };
    const report = await auditOpening(args.file, options);
    return this.finish(report, () => renderAudit(report, { color: this.color }), report.ok ? EXIT.done : EXIT.findings);
  }
}
