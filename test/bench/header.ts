/** Microseconds to read one header in memory, beside dicom-parser used as documented: `node dist/test/bench/header.js`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import dicomParser from 'dicom-parser';
import { readHeader } from '../../src/dicom/header.js';
import { KEPT_ATTRIBUTES } from '../../src/model/header.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { type DicomElement, writeDicom } from '../support/dicom-writer.js';

const fixture = (file: string): Buffer => readFileSync(join(PACKAGE_ROOT, 'test/fixtures/dicom/files', file));

const SAMPLE_VALUES: Record<string, string | number[]> = {
  UI: '1.2.826.0.1.3680043.10.999.1234567890.1234567890.12345',
  DA: '20240102',
  TM: '101112.123456',
  DS: '0.859375\\0.859375',
  IS: '12',
  US: [512],
  CS: 'ORIGINAL',
  AS: '045Y',
};

const HEADERS: Record<string, Buffer> = {
  'CT, 132 elements, made': syntheticSlice(132),
  'CT, 256 elements': fixture('pydicom/CT_small.dcm'),
  'MR, 71 elements': fixture('pydicom/MR_small.dcm'),
  'MR, 71 elements, big endian': fixture('pydicom/MR_small_bigendian.dcm'),
  'MR, icon and overlays': fixture('pydicom-data/MR-SIEMENS-DICOM-WithOverlays.dcm'),
  'CT, 44 elements, implicit': fixture('dcmqi/segmentations/23x38x3/image/IMG0001.dcm'),
  'DX, 90 elements': fixture('highdicom/dx_image.dcm'),
  'CT, 268 elements, deflated': fixture(
    'WADOImageLoader/CTImage.dcm_DeflatedExplicitVRLittleEndianTransferSyntax_1.2.840.10008.1.2.1.99.dcm',
  ),
};

/** A slice with every kept attribute and so many elements in all, private ones among them. */
function syntheticSlice(count: number): Buffer {
  const kept = KEPT_ATTRIBUTES.map(({ tag, vr }): DicomElement => ({ tag, vr, value: SAMPLE_VALUES[vr] ?? 'SAMPLE TEXT' }));
  const padding = Array.from({ length: count - kept.length }, (_, index): DicomElement => {
    return { tag: `0019${(0x1000 + index).toString(16)}`, vr: 'DS', value: '0.123456' };
  });
  const elements = [...kept, ...padding].sort((a, b) => (a.tag < b.tag ? -1 : 1));
  return writeDicom({ elements: [...elements, { tag: '7fe00010', vr: 'OW', value: Buffer.alloc(512 * 1024) }] });
}

function readWithDicomParser(bytes: Buffer): unknown[] {
  const dataSet = dicomParser.parseDicom(bytes, { untilTag: 'x7fe00010' });
  return KEPT_ATTRIBUTES.map(({ tag, vr }) => (vr === 'US' ? dataSet.uint16(`x${tag}`) : dataSet.string(`x${tag}`)));
}

/** The fastest of several rounds: the others measure what else the machine did. */
function microseconds(run: () => unknown): number {
  const rounds = Array.from({ length: 12 }, () => {
    const started = process.hrtime.bigint();
    for (let count = 0; count < 500; count += 1) run();
    return Number(process.hrtime.bigint() - started) / 500 / 1000;
  });
  return Math.min(...rounds);
}

for (const [name, bytes] of Object.entries(HEADERS)) {
  const ours = microseconds(() => readHeader(bytes, { complete: true }));
  const theirs = microseconds(() => readWithDicomParser(bytes));
  const ratio = (theirs / ours).toFixed(1);
  process.stdout.write(`${name.padEnd(30)} ${ours.toFixed(1).padStart(8)} us   dicom-parser ${theirs.toFixed(1).padStart(8)} us   ${ratio}x\n`);
}
