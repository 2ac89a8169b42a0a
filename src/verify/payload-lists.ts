import { parseFetchLine, parseSizeLine } from '../fixity/manifest.js';
import { readLines } from '../fixity/lines.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { LineFaults } from './line-faults.js';
import { readTagFile } from './tag-files.js';

/** Reads payload-sizes.txt: how long each payload file has to be. It must list exactly what the manifest lists. */
export function readSizes(inspection: Inspection): void {
  const { payload } = inspection;
  const faults = new LineFaults(inspection, RELEASE_FILES.sizes);
  const found = readTagFile(inspection, RELEASE_FILES.sizes, (path) =>
    readLines(path, (line) => {
      const entry = faults.take(line, parseSizeLine);
      if (entry === null) return;
      const number = payload.numberOf(entry.path);
      if (number === undefined) return void faults.malformed(line.number, 'is about a file that the manifest does not list');
      const known = payload.sizeOf(number);
      if (known !== undefined) faults.duplicate(line.number, entry.path, `${known} bytes`, `${entry.size_bytes} bytes`);
      else payload.setSize(number, entry.size_bytes);
    }),
  );
  faults.finish();
  if (found && payload.totalBytes() === null) inspection.report('manifest-malformed', RELEASE_FILES.sizes, 'It does not tell the size of every payload file.');
}

/** Reads fetch.txt: the payload files that this copy need not carry (RFC 8493 2.2.3). */
export function readFetchList(inspection: Inspection): void {
  if (!inspection.rootFiles.has(RELEASE_FILES.fetch)) return;
  const { payload } = inspection;
  const faults = new LineFaults(inspection, RELEASE_FILES.fetch);
  readTagFile(inspection, RELEASE_FILES.fetch, (path) =>
    readLines(path, (line) => {
      const entry = faults.take(line, parseFetchLine);
      if (entry === null) return;
      const number = payload.numberOf(entry.path);
      if (number === undefined) return void faults.malformed(line.number, 'is about a file that the manifest does not list');
      if (!payload.markFetchable(number)) faults.malformed(line.number, 'is about a file that an earlier line is about');
      const known = payload.sizeOf(number);
      if (known !== undefined && entry.size_bytes !== null && known !== entry.size_bytes) faults.malformed(line.number, `gives another size than ${RELEASE_FILES.sizes}`);
    }),
  );
  faults.finish();
}
