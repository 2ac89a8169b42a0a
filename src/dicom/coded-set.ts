/** Text decoded from bytes; `flawed` when some byte means nothing in its set: it reads as U+FFFD, or was guessed. */
export interface DecodedText {
  text: string;
  flawed: boolean;
}

/** A coded character set as it stands in a value: `jis-x-0208` and `jis-x-0212` in seven bits, the others with ASCII below 0x80. */
export type CodedSet =
  | 'iso-8859-1'
  | 'iso-8859-2'
  | 'iso-8859-3'
  | 'iso-8859-4'
  | 'iso-8859-5'
  | 'iso-8859-6'
  | 'iso-8859-7'
  | 'iso-8859-8'
  | 'iso-8859-9'
  | 'iso-8859-15'
  | 'tis-620'
  | 'utf-8'
  | 'gb18030'
  | 'gbk'
  | 'euc-kr'
  | 'jis-x-0201'
  | 'jis-x-0208'
  | 'jis-x-0212';

const REPLACEMENT = '\ufffd';

/** Decodes bytes that are all of one set. */
export function decodeSet(bytes: Buffer, set: CodedSet): DecodedText {
  switch (set) {
    case 'iso-8859-1': // not by TextDecoder, which reads this label as windows-1252
      return { text: bytes.toString('latin1'), flawed: false };
    case 'jis-x-0201':
      return decodeKatakana(bytes);
    case 'jis-x-0208':
    case 'jis-x-0212':
      return decodeJis(bytes, set === 'jis-x-0212');
    default:
      return decodeByLabel(bytes, set);
  }
}

/** Decodes as UTF-8; null when the bytes are not. */
export function decodeUtf8(bytes: Buffer): string | null {
  const { text, flawed } = decodeByLabel(bytes, 'utf-8');
  return flawed ? null : text;
}

/** Decoders are costly to make and the labels are few: made once each. */
const decoders = new Map<string, Record<'strict' | 'lenient', InstanceType<typeof TextDecoder>>>();

function decodeByLabel(bytes: Buffer, label: string): DecodedText {
  let pair = decoders.get(label);
  if (pair === undefined) {
    pair = {
      strict: new TextDecoder(label, { fatal: true, ignoreBOM: true }),
      lenient: new TextDecoder(label, { ignoreBOM: true }),
    };
    decoders.set(label, pair);
  }
  try {
    return { text: pair.strict.decode(bytes), flawed: false };
  } catch {
    return { text: pair.lenient.decode(bytes), flawed: true };
  }
}

/** JIS X 0201: half-width katakana above 0xA0. The romaji half reads as ASCII: its yen sign is the delimiter `\` in DICOM. */
function decodeKatakana(bytes: Buffer): DecodedText {
  let text = '';
  let flawed = false;
  for (const byte of bytes) {
    if (byte < 0x80) text += String.fromCharCode(byte);
    else if (byte >= 0xa1 && byte <= 0xdf) text += String.fromCharCode(0xff61 + byte - 0xa1);
    else {
      text += REPLACEMENT;
      flawed = true;
    }
  }
  return { text, flawed };
}

/** What the decoder of the web takes from Microsoft's table, by the characters of JIS X 0208 itself. */
const JIS_CHARACTERS: Record<string, string> = {
  '\uff5e': '\u301c',
  '\u2225': '\u2016',
  '\uff0d': '\u2212',
  '\uffe0': '\u00a2',
  '\uffe1': '\u00a3',
  '\uffe2': '\u00ac',
};

/** Two seven-bit bytes a character, read as EUC-JP by setting the high bits; JIS X 0212 behind its shift byte 0x8F. */
function decodeJis(bytes: Buffer, supplementary: boolean): DecodedText {
  const euc: number[] = [];
  let flawed = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const first = bytes[at] as number;
    const second = bytes[at + 1] ?? 0;
    if (first <= 0x20) euc.push(first);
    else if (first < 0x7f && second > 0x20 && second < 0x7f) {
      if (supplementary) euc.push(0x8f);
      euc.push(first | 0x80, second | 0x80);
      at += 1;
    } else {
      euc.push(0xff); // in no EUC-JP character: reads as U+FFFD
      flawed = true;
    }
  }
  const decoded = decodeByLabel(Buffer.from(euc), 'euc-jp');
  const text = supplementary ? decoded.text : decoded.text.replace(/[\uff5e\u2225\uff0d\uffe0-\uffe2]/g, (found) => JIS_CHARACTERS[found] ?? found);
  return { text, flawed: flawed || decoded.flawed };
}
