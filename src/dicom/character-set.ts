import { type CodedSet, type DecodedText, decodeSet, decodeUtf8 } from './coded-set.js';

/** The sets of the defined terms `ISO_IR n` and `ISO 2022 IR n` that take bytes above 0x7F (PS3.3 C.12.1.1.2). */
const BY_REGISTRATION = new Map<number, CodedSet>([
  [13, 'jis-x-0201'],
  [58, 'gbk'],
  [100, 'iso-8859-1'],
  [101, 'iso-8859-2'],
  [109, 'iso-8859-3'],
  [110, 'iso-8859-4'],
  [126, 'iso-8859-7'],
  [127, 'iso-8859-6'],
  [138, 'iso-8859-8'],
  [144, 'iso-8859-5'],
  [148, 'iso-8859-9'],
  [149, 'euc-kr'],
  [166, 'tis-620'],
  [203, 'iso-8859-15'],
]);
/** Registrations that leave bytes above 0x7F undefined: ASCII, and those only an escape sequence brings in. */
const SEVEN_BIT_REGISTRATIONS = new Set([6, 87, 159]);
/** Sets used alone, without escape sequences; the terms beyond the standard's three are misspellings seen in files. */
const STAND_ALONE = new Map<string, CodedSet>([
  ['GB18030', 'gb18030'],
  ['GBK', 'gbk'],
  ['GB2312', 'gbk'],
  ['UTF-8', 'utf-8'],
  ['UTF8', 'utf-8'],
]);

/** Escape sequences of PS3.3 tables C.12-3 and C.12-4 without ESC: what each puts below (`low`) or above (`high`) 0x80. */
const ESCAPES = new Map<string, { low: CodedSet | null } | { high: CodedSet }>([
  ['(B', { low: null }],
  ['(J', { low: null }],
  ['$B', { low: 'jis-x-0208' }],
  ['$@', { low: 'jis-x-0208' }],
  ['$(D', { low: 'jis-x-0212' }],
  [')I', { high: 'jis-x-0201' }],
  ['$)C', { high: 'euc-kr' }],
  ['$)A', { high: 'gbk' }],
  ['-A', { high: 'iso-8859-1' }],
  ['-B', { high: 'iso-8859-2' }],
  ['-C', { high: 'iso-8859-3' }],
  ['-D', { high: 'iso-8859-4' }],
  ['-F', { high: 'iso-8859-7' }],
  ['-G', { high: 'iso-8859-6' }],
  ['-H', { high: 'iso-8859-8' }],
  ['-L', { high: 'iso-8859-5' }],
  ['-M', { high: 'iso-8859-9' }],
  ['-T', { high: 'tis-620' }],
  ['-b', { high: 'iso-8859-15' }],
]);

const ESC = 0x1b;

const DEPENDENT_VRS = new Set(['LO', 'LT', 'PN', 'SH', 'ST', 'UC', 'UT']);

/** What (0008,0005) says, as far as decoding needs it. */
interface Declaration {
  /** The one set of values that use no escape sequences, else null. */
  alone: CodedSet | null;
  /** What bytes above 0x7F mean at the start of a value and after every delimiter; null when nothing is declared. */
  initial: CodedSet | null;
  /** The first set another value of the declaration names, for writers that omit its escape sequence. */
  further: CodedSet | null;
  /** Whether a term is none of the standard's. */
  unknownTerm: boolean;
}

/**
 * Decodes the bytes of an attribute with VR `vr` by the value of SpecificCharacterSet (null = absent).
 *
 * Only the VRs named here depend on it (PS3.5 6.1.2.3); what the others hold beyond ASCII is read as Latin-1. Where nothing is
 * declared, bytes beyond ASCII break the standard: they read as UTF-8 when they are valid UTF-8, else as Latin-1.
 */
export function decodeText(bytes: Buffer, vr: string, declared: string | null): DecodedText {
  if (!DEPENDENT_VRS.has(vr)) return decodeSet(bytes, 'iso-8859-1');
  const declaration = parseDeclaration(declared ?? '');
  if (declaration.alone !== null) return decodeSet(bytes, declaration.alone);
  return decodeExtended(bytes, vr === 'PN', declaration);
}

function parseDeclaration(declared: string): Declaration {
  const terms = declared.split('\\').map(parseTerm);
  const first = terms[0] ?? null;
  const others = terms.slice(1).filter((term) => term !== null && !term.alone && term.set !== null);
  return {
    alone: first !== null && first.alone ? first.set : null,
    initial: first?.set ?? null,
    further: others[0]?.set ?? null,
    unknownTerm: terms.includes(null),
  };
}

/** One value of (0008,0005), misspellings such as `ISO-IR 100` or `iso 2022-ir 87` included; null when it is no known term. */
function parseTerm(term: string): { set: CodedSet | null; alone: boolean } | null {
  const name = term.trim().toUpperCase();
  const alone = STAND_ALONE.get(name);
  if (alone !== undefined) return { set: alone, alone: true };
  if (name === '') return { set: null, alone: false };
  const number = Number(/^ISO[ _-]?(?:2022[ _-]?)?IR[ _-]?(\d{1,3})$/.exec(name)?.[1] ?? NaN);
  if (number === 192) return { set: 'utf-8', alone: true };
  const set = BY_REGISTRATION.get(number);
  if (set !== undefined) return { set, alone: false };
  return SEVEN_BIT_REGISTRATIONS.has(number) ? { set: null, alone: false } : null;
}

/** Code extension by ISO 2022 (PS3.5 6.1.2.5): escape sequences hold until the next one or the next delimiter. */
function decodeExtended(bytes: Buffer, isName: boolean, declaration: Declaration): DecodedText {
  const result: DecodedText = { text: '', flawed: false };
  let low: CodedSet | null = null;
  let high = declaration.initial;
  let runStart = 0;
  const endRun = (at: number): void => {
    if (at > runStart) append(result, decodeRun(bytes.subarray(runStart, at), low, high, declaration));
    runStart = at;
  };
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at] as number;
    if (byte === ESC) {
      endRun(at);
      const name = [2, 3].map((size) => bytes.toString('latin1', at + 1, at + 1 + size)).find((letters) => ESCAPES.has(letters));
      const escape = ESCAPES.get(name ?? '');
      if (escape === undefined || name === undefined) append(result, { text: '\ufffd', flawed: true });
      else if ('low' in escape) low = escape.low;
      else high = escape.high;
      at += name?.length ?? 0;
      runStart = at + 1;
    } else if ((low !== null || high !== declaration.initial) && isReset(byte, isName, low !== null)) {
      endRun(at);
      low = null;
      high = declaration.initial;
    }
  }
  endRun(bytes.length);
  return result;
}

/** Whether `byte` ends what escape sequences brought in (PS3.5 6.1.2.5.3). In a two-byte set the delimiters are halves of characters. */
function isReset(byte: number, isName: boolean, twoByte: boolean): boolean {
  if (byte === 0x09 || byte === 0x0a || byte === 0x0c || byte === 0x0d) return true;
  if (twoByte) return false;
  return byte === 0x5c || (isName && (byte === 0x5e || byte === 0x3d));
}

function decodeRun(run: Buffer, low: CodedSet | null, high: CodedSet | null, declaration: Declaration): DecodedText {
  if (low !== null) return decodeSet(run, low);
  const set = high ?? declaration.further;
  if (set !== null) return decodeSet(run, set);
  if (run.every((byte) => byte < 0x80)) return { text: run.toString('latin1'), flawed: false };
  return { text: decodeUtf8(run) ?? run.toString('latin1'), flawed: declaration.unknownTerm };
}

function append(result: DecodedText, { text, flawed }: DecodedText): void {
  result.text += text;
  result.flawed ||= flawed;
}
