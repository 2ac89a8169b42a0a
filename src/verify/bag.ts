import { readLines } from '../fixity/lines.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { readTagFile } from './tag-files.js';

const DECLARATION = ['BagIt-Version: 1.0', 'Tag-File-Character-Encoding: UTF-8'];

/** Checks bagit.txt: exactly the two lines of RFC 8493 2.1.1. */
export function checkDeclaration(inspection: Inspection): void {
  const lines: string[] = [];
  if (!readLinesOf(inspection, RELEASE_FILES.bagit, lines)) return;
  if (lines.length !== DECLARATION.length || lines.some((line, at) => line !== DECLARATION[at])) {
    inspection.report('manifest-malformed', RELEASE_FILES.bagit, 'It does not declare a BagIt 1.0 bag in UTF-8.', {
      expected: DECLARATION.join(', '),
      found: lines.slice(0, 2).join(', ').slice(0, 200),
    });
  }
}

/** Checks the Payload-Oxum of bag-info.txt (RFC 8493 2.2.2) against the lists: bytes and number of payload files. */
export function checkBagInfo(inspection: Inspection): void {
  const lines: string[] = [];
  if (!readLinesOf(inspection, RELEASE_FILES.bagInfo, lines)) return;
  const values = lines.flatMap((line) => /^payload-oxum:\s*(.*)$/i.exec(line)?.[1] ?? []);
  const oxum = /^([0-9]+)\.([0-9]+)$/.exec(values[0] ?? '');
  if (values.length !== 1 || oxum === null) {
    return inspection.report('manifest-malformed', RELEASE_FILES.bagInfo, 'It does not have exactly one Payload-Oxum.', { found: values.join(', ').slice(0, 200) });
  }
  const count = inspection.payload.length;
  const bytes = inspection.payload.totalBytes();
  if (Number(oxum[2]) !== count || (bytes !== null && Number(oxum[1]) !== bytes)) {
    inspection.report('manifest-tampered', RELEASE_FILES.bagInfo, 'Its Payload-Oxum and the lists disagree on how many bytes and files the payload has.', {
      expected: oxum[0],
      found: `${bytes ?? '?'}.${count}`,
    });
  }
}

function readLinesOf(inspection: Inspection, name: string, into: string[]): boolean {
  if (!inspection.rootFiles.has(name)) return false;
  return readTagFile(inspection, name, (path) => readLines(path, ({ text, defect }) => void (into.length < 1000 && into.push(defect === 'crlf' ? `${text}\r` : text))));
}
