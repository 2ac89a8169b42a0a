/** What a transfer syntax makes of the pixels. */
export interface TransferSyntax {
  /** `native`, fragments of `frames`, fragments of a `stream` over all frames, or pixels kept `elsewhere`. */
  pixels: 'native' | 'frames' | 'stream' | 'elsewhere';
  /** `maybe`: the code stream decides. */
  lossy: 'never' | 'maybe' | 'always';
  codec: 'none' | 'jpeg' | 'jpeg-ls' | 'jpeg-2000' | 'jpeg-xl' | 'rle' | 'mpeg' | 'deflated-frames';
}

const NATIVE: TransferSyntax = { pixels: 'native', lossy: 'never', codec: 'none' };
const ELSEWHERE: TransferSyntax = { pixels: 'elsewhere', lossy: 'maybe', codec: 'none' };
const MPEG: TransferSyntax = { pixels: 'stream', lossy: 'always', codec: 'mpeg' };

function frames(codec: TransferSyntax['codec'], lossy: TransferSyntax['lossy']): TransferSyntax {
  return { pixels: 'frames', lossy, codec };
}

/** Last components after 1.2.840.10008.1.2 of the JPEG processes that lose nothing (PS3.6 table A-1, retired ones too). */
const LOSSLESS_JPEG = ['57', '58', '65', '66', '70'];
const LOSSY_JPEG = ['50', '51', '52', '53', '54', '55', '56', '59', '60', '61', '62', '63', '64'];

/** Transfer syntaxes of PS3.6 table A-1, retired ones too; edition 2024e. */
const KNOWN = new Map<string, TransferSyntax>([
  ['1.2.840.10008.1.2', NATIVE],
  ['1.2.840.10008.1.2.1', NATIVE],
  ['1.2.840.10008.1.2.1.99', NATIVE],
  ['1.2.840.10008.1.2.2', NATIVE],
  ['1.2.840.10008.1.20', NATIVE],
  ...LOSSLESS_JPEG.map((last): [string, TransferSyntax] => [`1.2.840.10008.1.2.4.${last}`, frames('jpeg', 'never')]),
  ...LOSSY_JPEG.map((last): [string, TransferSyntax] => [`1.2.840.10008.1.2.4.${last}`, frames('jpeg', 'always')]),
  ['1.2.840.10008.1.2.4.80', frames('jpeg-ls', 'never')],
  ['1.2.840.10008.1.2.4.81', frames('jpeg-ls', 'maybe')],
  ['1.2.840.10008.1.2.4.90', frames('jpeg-2000', 'never')],
  ['1.2.840.10008.1.2.4.91', frames('jpeg-2000', 'maybe')],
  ['1.2.840.10008.1.2.4.92', frames('jpeg-2000', 'never')],
  ['1.2.840.10008.1.2.4.93', frames('jpeg-2000', 'maybe')],
  ['1.2.840.10008.1.2.4.94', ELSEWHERE],
  ['1.2.840.10008.1.2.4.95', ELSEWHERE],
  ...['100', '100.1', '101', '101.1', '102', '102.1', '103', '103.1', '104', '104.1', '105', '105.1', '106', '106.1', '107', '108'].map((last): [string, TransferSyntax] => [`1.2.840.10008.1.2.4.${last}`, MPEG]),
  ['1.2.840.10008.1.2.4.110', frames('jpeg-xl', 'never')],
  ['1.2.840.10008.1.2.4.111', frames('jpeg-xl', 'always')],
  ['1.2.840.10008.1.2.4.112', frames('jpeg-xl', 'maybe')],
  ['1.2.840.10008.1.2.4.201', frames('jpeg-2000', 'never')],
  ['1.2.840.10008.1.2.4.202', frames('jpeg-2000', 'never')],
  ['1.2.840.10008.1.2.4.203', frames('jpeg-2000', 'maybe')],
  ['1.2.840.10008.1.2.4.204', ELSEWHERE],
  ['1.2.840.10008.1.2.4.205', ELSEWHERE],
  ['1.2.840.10008.1.2.5', frames('rle', 'never')],
  ['1.2.840.10008.1.2.8.1', frames('deflated-frames', 'never')],
]);

/** A transfer syntax of the standard; null for any other. */
export function findTransferSyntax(uid: string): TransferSyntax | null {
  return KNOWN.get(uid) ?? null;
}
