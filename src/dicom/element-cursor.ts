/** The length that stands for "until its delimiter" (PS3.5 7.1.1). */
export const UNDEFINED_LENGTH = 0xffffffff;

/** The two letters of a VR as one number: `vrCode('UN')`. */
export function vrCode(letters: string): number {
  return (letters.charCodeAt(0) << 8) | letters.charCodeAt(1);
}

const SHORT_VRS = 'AE AS AT CS DA DS DT FL FD IS LO LT PN SH SL SS ST TM UI UL US'.split(' ');
const LONG_VRS = 'OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' ');

const letterPair = (first: number, second: number): number => (first - 0x41) * 26 + (second - 0x41);
/** Per pair of letters: 1 when the length has 16 bits; every VR not listed, future ones too, has 32 (PS3.5 7.1.2). */
const HAS_SHORT_LENGTH = new Uint8Array(26 * 26);
for (const vr of SHORT_VRS) HAS_SHORT_LENGTH[letterPair(vr.charCodeAt(0), vr.charCodeAt(1))] = 1;

const KNOWN_VR_CODES = new Set([...SHORT_VRS, ...LONG_VRS].map(vrCode));

/** Whether the two bytes at `position` spell a VR of PS3.5 6.2. */
export function isKnownVr(bytes: Uint8Array, position: number): boolean {
  return KNOWN_VR_CODES.has(((bytes[position] ?? 0) << 8) | (bytes[position + 1] ?? 0));
}

/**
 * Reads one element header after another out of bytes it does not own, never past `end`, allocating nothing.
 * An element whose VR is not two capital letters is read as implicit VR: some writers mix the two.
 */
export class ElementCursor {
  /** Offset of the next element header. */
  position: number;
  /** Offset behind the last byte that may be read. */
  end: number;
  explicitVr: boolean;
  bigEndian: boolean;
  group = 0;
  element = 0;
  /** `vrCode` of the element, 0 when it carries none. */
  vr = 0;
  /** Declared length of the value in bytes, or UNDEFINED_LENGTH. */
  length = 0;

  constructor(
    readonly bytes: Uint8Array,
    position: number,
    encoding: { explicitVr: boolean; bigEndian: boolean },
  ) {
    this.position = position;
    this.end = bytes.length;
    this.explicitVr = encoding.explicitVr;
    this.bigEndian = encoding.bigEndian;
  }

  /** Reads the header at `position` and moves to its value; false, with nothing moved, when the bytes end before. */
  readElement(): boolean {
    const at = this.position;
    if (at + 8 > this.end) return false;
    this.group = this.readUint16(at);
    this.element = this.readUint16(at + 2);
    const first = this.bytes[at + 4] as number;
    const second = this.bytes[at + 5] as number;
    const lettered = first >= 0x41 && first <= 0x5a && second >= 0x41 && second <= 0x5a;
    // Items and delimiters carry no VR in any encoding (PS3.5 7.5).
    if (!this.explicitVr || !lettered || this.group === 0xfffe) {
      this.vr = 0;
      this.length = this.readUint32(at + 4);
      this.position = at + 8;
      return true;
    }
    const short = HAS_SHORT_LENGTH[letterPair(first, second)] === 1;
    if (!short && at + 12 > this.end) return false;
    this.vr = (first << 8) | second;
    this.length = short ? this.readUint16(at + 6) : this.readUint32(at + 8);
    this.position = at + (short ? 8 : 12);
    return true;
  }

  private readUint16(at: number): number {
    const first = this.bytes[at] as number;
    const second = this.bytes[at + 1] as number;
    return this.bigEndian ? (first << 8) | second : first | (second << 8);
  }

  private readUint32(at: number): number {
    const first = this.readUint16(at);
    const second = this.readUint16(at + 2);
    return this.bigEndian ? first * 0x10000 + second : first + second * 0x10000;
  }
}
