import type { FileReport } from '../model/inspection.js';
import { maskSecret } from '../text/mask.js';
import { gravestHits } from '../text/gravest-hits.js';
import type { TextScanner } from '../text/scan.js';

/** DID-094: the path of a file below its source names nobody. Folders and names are read like text. */
export function judgePath(path: string, report: FileReport, scan: TextScanner): void {
  report.looked('DID-094');
  for (const part of path.split('/')) {
    // Words in names of files are joined by signs; a UID is left whole.
    const text = /^[0-9.]+$/.test(part) ? part : part.replace(/\.(?:dcm|dicom|ima|img)$/i, '').replace(/[_+~]+/g, ' ');
    for (const hit of gravestHits(scan(text, { kind: 'path' })))
      if (hit.level === 'error')
        report.add({ code: 'DID-094', message: `The path of the file holds ${hit.what}.`, hint: 'Name folders and files by pseudonyms and numbers.', found: maskSecret(text.slice(hit.start, hit.end)), content: text });
  }
}
