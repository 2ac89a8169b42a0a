import { writeDicom, type DicomElement } from '../dicom-writer.js';

/** A square image file of one brightness, 8 bits; `more` are elements that come before those of the image. */
export function grayImage(brightness: number, side = 16, more: readonly DicomElement[] = []): Buffer {
  return writeDicom({
    elements: [
      ...more,
      { tag: '00280002', vr: 'US', value: [1] },
      { tag: '00280004', vr: 'CS', value: 'MONOCHROME2' },
      { tag: '00280010', vr: 'US', value: [side] },
      { tag: '00280011', vr: 'US', value: [side] },
      { tag: '00280100', vr: 'US', value: [8] },
      { tag: '00280101', vr: 'US', value: [8] },
      { tag: '00280102', vr: 'US', value: [7] },
      { tag: '00280103', vr: 'US', value: [0] },
      { tag: '7fe00010', vr: 'OB', value: new Uint8Array(side * side).fill(brightness) },
    ],
  });
}

/** A radiograph of a patient, with what its header says of the view; `n` makes its UIDs unique. */
export function radiograph(patient: string, n: number, brightness: number, view: string, modality = 'DX'): Buffer {
  return grayImage(brightness, 16, [
    { tag: '00080016', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.1.1' },
    { tag: '00080018', vr: 'UI', value: `2.25.1${n}` },
    { tag: '00080060', vr: 'CS', value: modality },
    { tag: '00100020', vr: 'LO', value: patient },
    { tag: '00185101', vr: 'CS', value: view },
    { tag: '0020000d', vr: 'UI', value: `2.25.2${n}` },
    { tag: '0020000e', vr: 'UI', value: `2.25.3${n}` },
  ]);
}
