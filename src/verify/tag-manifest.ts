import { parseManifestLine } from '../fixity/manifest.js';
import { readLines } from '../fixity/lines.js';
import { unsafePathReason } from '../fixity/safe-path.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { LineFaults } from './line-faults.js';
import { readTagFile } from './tag-files.js';

/** Reads tagmanifest-sha256.txt: which tag files there have to be, with which bytes. */
export function readTagManifest(inspection: Inspection): void {
  const name = RELEASE_FILES.tagManifest;
  const lines = new Map<string, string>();
  const faults = new LineFaults(inspection, name);
  const found = readTagFile(inspection, name, (path) =>
    readLines(path, (line) => {
      const entry = faults.take(line, parseManifestLine);
      if (entry === null) return;
      faults.noteDeviation(line.number, entry.deviation);
      const reason = unsafePathReason(entry.path);
      if (reason !== null) inspection.report('unsafe-path', entry.path, `Line ${line.number} of ${name}: the path ${reason}. It was not looked at.`);
      else if (entry.path.includes('/')) faults.malformed(line.number, 'is about a file in a folder; only files beside data/ belong here');
      else if (lines.has(entry.path)) faults.duplicate(line.number, entry.path, lines.get(entry.path) ?? '', entry.digest);
      else lines.set(entry.path, entry.digest);
    }),
  );
  faults.finish();
  if (found) inspection.tagLines = lines;
}
