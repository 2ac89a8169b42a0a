import { DocumentExport } from '../../cli/document-export.js';
import type { ExportReport } from '../../model/exchange.js';

export default class ExportDatapackage extends DocumentExport {
  static override summary = 'Give the Data Package descriptor of a release: its tables with the type and meaning of every column.';
  static override description =
    'Data Package v2. Every release holds it as data/datapackage.json; paths in it are relative to that folder. ' +
    'Exit status: 0 done, 2 the file is there already, 3 no such release, it was changed, or it has no such record.';
  static override examples = ['<%= config.bin %> export datapackage 2.1.0', '<%= config.bin %> export datapackage releases/2.1.0 --output datapackage.json'];
  static override args = DocumentExport.args;
  static override flags = DocumentExport.flags;

  async run(): Promise<ExportReport | undefined> {
    const { args, flags } = await this.parse(ExportDatapackage);
    const { exportDocument, printDocument } = await import('../../workflow/export-archives.js');
    const paths = this.findPaths(flags);
    return this.exportBy({ write: (request) => exportDocument('datapackage', request, paths), print: () => printDocument('datapackage', args.release, paths) }, args, flags);
  }
}
