import type { DicomFile } from '../dicom/dicom-file.js';
import type { Subject } from './subject.js';

/** What the first bytes of other kinds of files are. */
const MAGIC: readonly { name: string; bytes: readonly number[] }[] = [
  { name: 'a Windows program', bytes: [0x4d, 0x5a] },
  { name: 'a Linux program', bytes: [0x7f, 0x45, 0x4c, 0x46] },
  { name: 'a macOS program', bytes: [0xfe, 0xed, 0xfa] },
  { name: 'a macOS program', bytes: [0xce, 0xfa, 0xed, 0xfe] },
  { name: 'a macOS program', bytes: [0xcf, 0xfa, 0xed, 0xfe] },
  { name: 'a macOS program', bytes: [0xca, 0xfe, 0xba, 0xbe] },
  { name: 'a script', bytes: [0x23, 0x21] },
  { name: 'a PDF', bytes: [0x25, 0x50, 0x44, 0x46] },
  { name: 'an archive', bytes: [0x50, 0x4b, 0x03, 0x04] },
];

/** DID-090: the preamble is zero, or the header of a TIFF that the file is as well (PS3.10 7.1, CVE-2019-11687). */
export function judgePreamble({ file, report }: Subject): void {
  const { preamble } = file;
  if (preamble === null) return;
  report.looked('DID-090');
  if (preamble.every((byte) => byte === 0) || isTiff(preamble, file)) return;
  report.add({ code: 'DID-090', message: 'The preamble of the file is not empty.', hint: 'Write 128 zero bytes.', expected: 'zero bytes, or the header of a TIFF', found: describe(preamble), content: preamble.toString('base64') });
}

function describe(preamble: Buffer): string {
  const magic = MAGIC.find(({ bytes }) => bytes.every((byte, at) => preamble[at] === byte));
  if (magic !== undefined) return `the beginning of ${magic.name}`;
  const letters = preamble.filter((byte) => byte >= 0x20 && byte < 0x7f).length;
  const used = preamble.filter((byte) => byte !== 0).length;
  return letters > used / 2 ? `text of ${letters} characters` : `${used} ${used === 1 ? 'byte that is' : 'bytes that are'} not zero`;
}

/** Byte order, 42, and where the first directory is: behind the preamble and inside the file, with entries it can hold. */
function isTiff(preamble: Buffer, { size, readAt, encoding }: DicomFile): boolean {
  const order = preamble.toString('latin1', 0, 2);
  if (order !== 'II' && order !== 'MM') return false;
  const little = order === 'II';
  const uint16 = (bytes: Buffer, at: number): number => (little ? bytes.readUInt16LE(at) : bytes.readUInt16BE(at));
  if (uint16(preamble, 2) !== 42) return false;
  const offset = little ? preamble.readUInt32LE(4) : preamble.readUInt32BE(4);
  // In a deflated file offsets mean the inflated data set, where no TIFF can be.
  if (offset < 8 || offset + 6 > size || encoding.deflated) return false;
  if (preamble.subarray(8).some((byte) => byte !== 0) && offset >= preamble.length) return false;
  const count = readAt(offset, 2);
  if (count.length < 2) return false;
  const entries = uint16(count, 0);
  return entries > 0 && entries < 4096 && offset + 2 + entries * 12 + 4 <= size;
}
