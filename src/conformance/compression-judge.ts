import type { DicomElement } from '../dicom/data-set.js';
import type { DicomFile } from '../dicom/dicom-file.js';
import type { FileFinding } from '../model/inspection.js';
import { losesInformation, readColourTransform } from './code-stream.js';
import { findTransferSyntax } from './transfer-syntaxes.js';

type Add = (finding: FileFinding) => void;

const LOSSY = 0x00282110;
const RATIO = 0x00282112;
const METHOD = 0x00282114;
const PHOTOMETRIC = 0x00280004;
const SAMPLES = 0x00280002;
/** Bytes of a code stream that are looked at. */
const STREAM_HEAD_BYTES = 4096;

function streamHead({ readAt }: DicomFile, pixels: DicomElement): Buffer | null {
  const first = pixels.fragments?.slice(1).find(({ length }) => length > 0);
  return first === undefined ? null : readAt(first.offset, Math.min(first.length, STREAM_HEAD_BYTES));
}

/** DCM-012: a lossy image is marked so for ever (PS3.3 C.7.6.1.1.5). */
export function judgeCompression(file: DicomFile, pixels: DicomElement, add: Add): void {
  const { dataSet, transferSyntax } = file;
  const syntax = transferSyntax === null ? null : findTransferSyntax(transferSyntax);
  const flag = dataSet.text(LOSSY) ?? '';
  const lossy = syntax === null || syntax.lossy === 'never' ? false : syntax.lossy === 'always' || losesInformation(syntax.codec, streamHead(file, pixels)) === true;
  const described = hasText(file, METHOD) || hasText(file, RATIO);
  if (lossy && flag !== '01') {
    add({ code: 'DCM-012', tag: 'LossyImageCompression', message: 'The pixels are compressed with loss, but LossyImageCompression does not say so.', expected: '01', found: flag === '00' ? '00' : 'no such value', content: `lossy ${flag}` });
  } else if (!lossy && flag === '00' && described) {
    add({ code: 'DCM-012', tag: 'LossyImageCompression', message: 'LossyImageCompression says that nothing was lost, but its ratio or method is there: once lossy, an image stays so.', expected: '01', found: '00', content: 'lossy no longer' });
  }
  if (!lossy && flag !== '01') return;
  for (const [tag, keyword] of [[RATIO, 'LossyImageCompressionRatio'], [METHOD, 'LossyImageCompressionMethod']] as const) {
    if (hasText(file, tag)) continue;
    // Type 3 in the General Image module: its absence is a gap, not a breach.
    add({ code: 'DCM-012', level: 'warning', tag: keyword, message: `The image lost information in compression, and ${keyword} does not say how.`, expected: 'a value', found: 'none', content: 'missing' });
  }
}

function hasText({ dataSet }: DicomFile, tag: number): boolean {
  return (dataSet.text(tag) ?? '') !== '';
}

/** DCM-013: the photometric interpretation is that of the compressed colours (PS3.5 8.2); MONOCHROME1 is noted. */
export function judgePhotometric(file: DicomFile, pixels: DicomElement, add: Add): void {
  const { dataSet, transferSyntax } = file;
  const photometric = dataSet.text(PHOTOMETRIC) ?? '';
  if (photometric === 'MONOCHROME1') {
    add({ code: 'DCM-013', level: 'info', tag: 'PhotometricInterpretation', message: 'The image is MONOCHROME1: its lowest values are white, so it has to be inverted to be compared with others.', found: 'MONOCHROME1', content: 'MONOCHROME1' });
  }
  const syntax = transferSyntax === null ? null : findTransferSyntax(transferSyntax);
  if (syntax?.codec !== 'jpeg' || dataSet.numbers(SAMPLES)[0] !== 3) return;
  const transform = readColourTransform(streamHead(file, pixels));
  if (transform === null) return;
  const ybr = photometric.startsWith('YBR_');
  if ((transform === 'ybr') === ybr) return;
  add({
    code: 'DCM-013',
    tag: 'PhotometricInterpretation',
    message: 'The JPEG stream says of its colours something else than PhotometricInterpretation does.',
    expected: transform === 'ybr' ? 'YBR_FULL_422' : 'RGB',
    found: /^[A-Z0-9_ ]{1,16}$/.test(photometric) ? photometric : 'another value',
    content: `${transform} ${photometric}`,
  });
}
