import { parseManifestLine, type ManifestEntry } from '../fixity/manifest.js';
import { readLines } from '../fixity/lines.js';
import { unsafePathReason } from '../fixity/safe-path.js';
import { RELEASE_FILES } from '../model/release.js';
import type { Inspection } from './inspection.js';
import { LineFaults } from './line-faults.js';
import { NameCollisions } from './name-collisions.js';
import { readTagFile } from './tag-files.js';

const NAME = RELEASE_FILES.manifest;
/** Between two words about the progress: a few milliseconds. */
const LINES_BETWEEN = 4096;

/** Reads manifest-sha256.txt: the payload with its digests. Paths that are not safe to join are reported and forgotten. */
export function readPayloadManifest(inspection: Inspection): void {
  const faults = new LineFaults(inspection, NAME);
  const names = new NameCollisions();
  const found = readTagFile(inspection, NAME, (path) =>
    readLines(path, (line) => {
      if (line.number % LINES_BETWEEN === 0) inspection.effects.progress({ stage: 'reading the manifest', files: line.number, unit: 'lines', bytes: 0 });
      const entry = faults.take(line, parseManifestLine);
      if (entry === null) return;
      faults.noteDeviation(line.number, entry.deviation);
      if (!isSafe(inspection, entry, line.number) || !addEntry(inspection, faults, entry, line.number)) return;
      names.add(entry.path);
    }),
  );
  faults.finish();
  if (found && inspection.payload.length === 0) inspection.report('manifest-malformed', NAME, 'It lists nothing.');
  for (const [first, path] of names.find(inspection.payload)) {
    inspection.report('collision', path, `It is one file with ${first} where case or Unicode form does not count.`, { found: first });
  }
}

function isSafe(inspection: Inspection, { path }: ManifestEntry, number: number): boolean {
  const reason = unsafePathReason(path) ?? (path.startsWith('data/') ? null : 'is not below data/');
  if (reason === null) return true;
  inspection.report('unsafe-path', path, `Line ${number} of ${NAME}: the path ${reason}. It was not looked at.`);
  return false;
}

function addEntry(inspection: Inspection, faults: LineFaults, entry: ManifestEntry, number: number): boolean {
  if (inspection.payload.add(entry.path, entry.digest) !== null) return true;
  const first = inspection.payload.sha256Of(inspection.payload.numberOf(entry.path) ?? 0);
  faults.duplicate(number, entry.path, first, entry.digest);
  if (first !== entry.digest) inspection.conflicts.set(entry.path, [...(inspection.conflicts.get(entry.path) ?? []), entry.digest]);
  return false;
}
