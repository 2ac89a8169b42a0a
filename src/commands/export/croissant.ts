import { DocumentExport } from '../../cli/document-export.js';
import type { ExportReport } from '../../model/exchange.js';

export default class ExportCroissant extends DocumentExport {
  static override summary = 'Give the Croissant record of a release: what loaders for machine learning read.';
  static override description =
    'Croissant 1.1: tables, keys, splits, labels and enumerations, with the sha256 of every table. Every release holds it as data/croissant.json; paths in it are relative to that folder. ' +
    'Exit status: 0 done, 2 the file is there already, 3 no such release, it was changed, or it has no such record.';
  static override examples = ['<%= config.bin %> export croissant 2.1.0', '<%= config.bin %> export croissant releases/2.1.0 --output croissant.json'];
  static override args = DocumentExport.args;
  static override flags = DocumentExport.flags;

  async run(): Promise<ExportReport | undefined> {
    const { args, flags } = await this.parse(ExportCroissant);
    const { exportDocument, printDocument } = await import('../../workflow/export-archives.js');
    const paths = this.findPaths(flags);
    return this.exportBy({ write: (request) => exportDocument('croissant', request, paths), print: () => printDocument('croissant', args.release, paths) }, args, flags);
  }
}
