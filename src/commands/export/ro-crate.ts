import { DocumentExport } from '../../cli/document-export.js';
import type { ExportReport } from '../../model/exchange.js';

export default class ExportRoCrate extends DocumentExport {
  static override summary = 'Give the RO-Crate metadata of a release: its files and who made them, as linked data.';
  static override description =
    'RO-Crate 1.2. The folder data/ of every release is an attached crate; this is its ro-crate-metadata.json. ' +
    'Exit status: 0 done, 2 the file is there already, 3 no such release, it was changed, or it has no such record.';
  static override examples = ['<%= config.bin %> export ro-crate 2.1.0', '<%= config.bin %> export ro-crate releases/2.1.0 --output ro-crate-metadata.json'];
  static override args = DocumentExport.args;
  static override flags = DocumentExport.flags;

  async run(): Promise<ExportReport | undefined> {
    const { args, flags } = await this.parse(ExportRoCrate);
    const { exportDocument, printDocument } = await import('../../workflow/export-archives.js');
    const paths = this.findPaths(flags);
    return this.exportBy({ write: (request) => exportDocument('ro-crate', request, paths), print: () => printDocument('ro-crate', args.release, paths) }, args, flags);
  }
}
