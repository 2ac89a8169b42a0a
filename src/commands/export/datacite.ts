import { DocumentExport } from '../../cli/document-export.js';
import type { ExportReport } from '../../model/exchange.js';

export default class ExportDatacite extends DocumentExport {
  static override summary = 'Give the DataCite record of a release: what a DOI is registered with.';
  static override description =
    'DataCite 4.5. Every release holds it as data/datacite.json; this one also names the version that followed, which the release could not know. ' +
    'Exit status: 0 done, 2 the file is there already, 3 no such release, it was changed, or it has no such record.';
  static override examples = ['<%= config.bin %> export datacite 2.1.0', '<%= config.bin %> export datacite releases/2.1.0 --output datacite.json'];
  static override args = DocumentExport.args;
  static override flags = DocumentExport.flags;

  async run(): Promise<ExportReport | undefined> {
    const { args, flags } = await this.parse(ExportDatacite);
    const { exportDocument, printDocument } = await import('../../workflow/export-archives.js');
    const paths = this.findPaths(flags);
    return this.exportBy({ write: (request) => exportDocument('datacite', request, paths), print: () => printDocument('datacite', args.release, paths) }, args, flags);
  }
}
