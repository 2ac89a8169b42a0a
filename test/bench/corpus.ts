/** Generated image corpora: valid DICOM in many small studies, the same bytes every time. */
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync, writevSync } from 'node:fs';
import { join } from 'node:path';
import { EXPLICIT_LITTLE_ENDIAN, writeDicom, type DicomElement } from '../support/dicom-writer.js';

export interface CorpusKind {
  name: string;
  rows: number;
  columns: number;
  modality: 'CT' | 'DX';
  sopClass: string;
  instancesPerSeries: number;
  /** Elements beyond the few that every file has. */
  fillers: number;
}

/** CT-like slices of 0.5 MB with about 130 elements, 40 a series. */
export const SLICES: CorpusKind = {
  name: 'slices', rows: 512, columns: 512, modality: 'CT', sopClass: '1.2.840.10008.5.1.4.1.1.2', instancesPerSeries: 40, fillers: 100,
};
/** Radiographs of 8 MB, one or two a study. */
export const RADIOGRAPHS: CorpusKind = {
  name: 'radiographs', rows: 2048, columns: 2048, modality: 'DX', sopClass: '1.2.840.10008.5.1.4.1.1.1.1', instancesPerSeries: 2, fillers: 100,
};
/** Images of 2 MB: 2,000 of them are 4 GB. */
export const IMAGES: CorpusKind = {
  name: 'images', rows: 1000, columns: 1000, modality: 'DX', sopClass: '1.2.840.10008.5.1.4.1.1.1.1', instancesPerSeries: 10, fillers: 100,
};
/** Files of about 4 KiB: what costs here is the file, not its bytes. */
export const SMALL: CorpusKind = {
  name: 'small', rows: 32, columns: 48, modality: 'CT', sopClass: '1.2.840.10008.5.1.4.1.1.2', instancesPerSeries: 100, fillers: 0,
};

export interface Corpus {
  kind: CorpusKind;
  /** Holds `data/images/<case>/<study>/<series>/<instance>.dcm`. */
  root: string;
  /** Relative to `root`, in the order written. */
  paths: string[];
  bytes: number;
}

/** Makes a corpus of `count` files below `folder`, or takes the one that is there. */
export function makeCorpus(kind: CorpusKind, count: number, folder: string): Corpus {
  const root = join(folder, `${kind.name}-${count}`);
  const marker = `${root}.json`;
  if (existsSync(marker)) return { ...(JSON.parse(readFileSync(marker, 'utf8')) as Corpus), kind, root };
  rmSync(root, { recursive: true, force: true });
  const pixels = noise(2 * kind.rows * kind.columns + 65_536);
  const paths: string[] = [];
  let bytes = 0;
  for (let number = 0; number < count; number++) {
    const path = pathOf(kind, number);
    if (number % kind.instancesPerSeries === 0) mkdirSync(join(root, path, '..'), { recursive: true });
    bytes += writeImage(join(root, path), kind, number, pixels);
    paths.push(path);
  }
  writeFileSync(marker, JSON.stringify({ paths, bytes }));
  return { kind, root, paths, bytes };
}

/** As many files of a kind as come closest to a size in bytes, at least two. */
export function makeCorpusOfSize(kind: CorpusKind, bytes: number, folder: string): Corpus {
  return makeCorpus(kind, Math.max(2, Math.round(bytes / (2 * kind.rows * kind.columns))), folder);
}

interface Uids {
  case_id: string;
  study: string;
  series: string;
  instance: string;
}

function uidsOf(kind: CorpusKind, number: number): Uids {
  const series = Math.floor(number / kind.instancesPerSeries);
  const root = `2.25.${kind.modality === 'CT' ? 71 : 72}${kind.rows}`;
  return { case_id: `CASE-${String(Math.floor(series / 2)).padStart(6, '0')}`, study: `${root}.1.${series}`, series: `${root}.2.${series}`, instance: `${root}.3.${number}` };
}

function pathOf(kind: CorpusKind, number: number): string {
  const { case_id, study, series, instance } = uidsOf(kind, number);
  return `data/images/${case_id}/${study}/${series}/${instance}.dcm`;
}

function writeImage(path: string, kind: CorpusKind, number: number, pixels: Buffer): number {
  const head = writeDicom({ transferSyntax: EXPLICIT_LITTLE_ENDIAN, elements: elementsOf(kind, number) });
  const pixelBytes = 2 * kind.rows * kind.columns;
  const tag = Buffer.from('e07f10004f57000000000000', 'hex');
  tag.writeUInt32LE(pixelBytes, 8);
  // Another window of the same noise for each image: no two are alike.
  const start = (number * 2 * 37) % 65_536;
  const descriptor = openSync(path, 'w');
  writevSync(descriptor, [head, tag, pixels.subarray(start, start + pixelBytes)]);
  closeSync(descriptor);
  return head.length + tag.length + pixelBytes;
}

function elementsOf(kind: CorpusKind, number: number): DicomElement[] {
  const uids = uidsOf(kind, number);
  const text = (tag: string, vr: string, value: string): DicomElement => ({ tag, vr, value });
  const elements: DicomElement[] = [
    text('00080005', 'CS', 'ISO_IR 100'),
    text('00080008', 'CS', 'ORIGINAL\\PRIMARY\\AXIAL'),
    text('00080016', 'UI', kind.sopClass),
    text('00080018', 'UI', uids.instance),
    text('00080020', 'DA', '20200401'),
    text('00080060', 'CS', kind.modality),
    text('00080070', 'LO', 'Maker'),
    text('00081030', 'LO', 'CHEST'),
    text('00100010', 'PN', `${uids.case_id}^`),
    text('00100020', 'LO', uids.case_id),
    text('00100040', 'CS', number % 2 === 0 ? 'F' : 'M'),
    text('00180015', 'CS', 'CHEST'),
    text('0020000d', 'UI', uids.study),
    text('0020000e', 'UI', uids.series),
    text('00200013', 'IS', String(number % kind.instancesPerSeries)),
    { tag: '00280002', vr: 'US', value: [1] },
    text('00280004', 'CS', 'MONOCHROME2'),
    { tag: '00280010', vr: 'US', value: [kind.rows] },
    { tag: '00280011', vr: 'US', value: [kind.columns] },
    { tag: '00280100', vr: 'US', value: [16] },
    { tag: '00280101', vr: 'US', value: [12] },
    { tag: '00280102', vr: 'US', value: [11] },
    { tag: '00280103', vr: 'US', value: [0] },
    text('00281050', 'DS', '40'),
    text('00281051', 'DS', '400'),
  ];
  // What real headers are full of: protocol and geometry that nobody here reads.
  for (let filler = 0; filler < kind.fillers; filler++) {
    elements.push(text(`0021${(0x1001 + filler).toString(16)}`, 'LO', `protocol value ${filler} of a scanner`));
  }
  return elements.sort((a, b) => (a.tag < b.tag ? -1 : 1));
}

/** Bytes from a xorshift generator: as hard to compress as pixels after noise, and the same on every machine. */
function noise(length: number): Buffer {
  const words = new Uint32Array(Math.ceil(length / 4));
  let state = 0x9e3779b9;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer, 0, length);
}
