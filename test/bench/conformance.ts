/** Microseconds to judge one parsed header by the rules of conformance: `node dist/test/bench/conformance.js`. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { judgeConformance } from '../../src/conformance/judge.js';
import { parseDicomFile, type DicomFile } from '../../src/dicom/dicom-file.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { print } from './measure.js';

const fixture = (file: string): string => join(PACKAGE_ROOT, 'test/fixtures/dicom/files', file);
const POLICY = completePolicy();
const REPORT = { looked: () => undefined, add: () => undefined };

/** A CT slice of the demo's sample. */
function sampleSlice(): string {
  const folder = join(PACKAGE_ROOT, 'src/demo/sample');
  const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.dcm')).toSorted();
  const slices = paths.map((path) => join(folder, path)).filter((path) => parse(path)?.dataSet.text(0x00080060) === 'CT');
  return slices[0] ?? join(folder, paths[0] ?? '');
}

function parse(path: string): DicomFile | null {
  const bytes = readFileSync(path);
  const file = parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, 1 << 28);
  return 'reason' in file ? null : file;
}

/** Processor time of the fastest of several rounds: the others measure what else the machine did. */
function microseconds(run: () => unknown): number {
  const rounds = Array.from({ length: 12 }, () => {
    const started = process.cpuUsage();
    for (let count = 0; count < 500; count += 1) run();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 500;
  });
  return Math.min(...rounds);
}

for (const [name, path] of Object.entries({ 'CT of the sample': sampleSlice(), 'CT, 256 elements': fixture('pydicom/CT_small.dcm'), 'MR, 71 elements': fixture('pydicom/MR_small.dcm'), 'MR, overlays': fixture('pydicom-data/MR-SIEMENS-DICOM-WithOverlays.dcm'), 'DX, 90 elements': fixture('highdicom/dx_image.dcm'), 'SEG, 3 frames': fixture('dcmqi/segmentations/23x38x3/seg/label.seg') })) {
  const parsing = microseconds(() => parse(path));

  // A file is judged once: what a data set finds out about itself must not be kept from round to round.
  const both = microseconds(() => {
    const file = parse(path);
    if (file !== null) judgeConformance(file, POLICY, REPORT);
  });
  print(`${name.padEnd(20)} ${(parse(path)?.dataSet.elements.length ?? 0).toString().padStart(4)} elements: ${parsing.toFixed(0).padStart(4)} us to read and parse, ${(both - parsing).toFixed(0).padStart(4)} us to judge`);
}
