import { characterClass, FOREIGN_LETTER, LOWER, UPPER } from './character-class.js';
import { LATIN_LOOKALIKES } from './homoglyphs.js';

/** A text as the rules read it, with the way back to where things stood. */
export interface FoldedText {
  /** ASCII, and letters of other scripts. Nothing that is not seen is left, and no mark upon a Latin letter. */
  text: string;
  /** Offset in the original of each UTF-16 unit of `text`, and of its end; null when they are the same. */
  origin: readonly number[] | null;
  /** Offset of the first letter that only looks like a Latin one, among Latin ones; null when there is none. */
  lookalike: number | null;
  /** Offset of the first character that could not be decoded (U+FFFD); null when there is none. */
  undecoded: number | null;
}

/** Characters that are written in ASCII otherwise than NFKC says. */
const SPELLINGS = new Map(
  Object.entries({ ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D', ð: 'd', Ð: 'D', þ: 'th', Þ: 'TH', ł: 'l', Ł: 'L', ı: 'i', ħ: 'h', Ħ: 'H', 'ŋ': 'n',
    '‐': '-', '‑': '-', '‒': '-', '–': '-', '—': '-', '―': '-', '−': '-', '‘': "'", '’': "'", 'ʼ': "'", '′': "'", '“': '"', '”': '"', '⁄': '/', '∕': '/', '·': '.', '・': ' ', '。': '.', '｡': '.',
    '×': 'x', 'µ': 'u', 'μ': 'u', 'Ω': ' ', 'α': ' ', 'β': ' ', 'γ': ' ', 'δ': ' ', 'Δ': ' ', 'λ': ' ', 'σ': ' ', 'ʹ': "'", 'ـ': '' }),
);
/** Greek letters that stand alone as symbols: `β-blocker`, `µm`. In a Greek word they are letters. */
const SYMBOL_LETTERS = new Set('µμΩαβγδΔλσ');
/** Zeros of the decimal digits that NFKC leaves as they are. */
const DIGIT_ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0x1040, 0x17e0, 0x1810];

const folded = new Map<string, string>();
const FOLDED_LIMIT = 20_000;

/** True when folding would change nothing: every unit is ASCII. */
function isAscii(text: string): boolean {
  for (let at = 0; at < text.length; at++) if (text.charCodeAt(at) > 126) return false;
  return true;
}

/**
 * Folds a text: NFKC, digits of every script to ASCII ones, no format characters, no marks, dashes and quotes to their
 * ASCII forms, letters that look like Latin ones to those where they stand among Latin letters. No name or number hides in
 * another way of writing it.
 */
export function foldText(text: string): FoldedText {
  if (isAscii(text)) return { text, origin: null, lookalike: null, undecoded: null };
  const parts: string[] = [];
  const origin: number[] = [];
  let undecoded: number | null = null;
  for (let at = 0; at < text.length; ) {
    const code = text.codePointAt(at) as number;
    const length = code > 0xffff ? 2 : 1;
    if (code === 0xfffd) undecoded ??= at;
    const part = code < 127 ? (text[at] as string) : foldCharacter(text.slice(at, at + length), isWithinWord(text, at, length));
    for (let unit = 0; unit < part.length; unit++) origin.push(at);
    parts.push(part);
    at += length;
  }
  origin.push(text.length);
  return { ...foldLookalikes(parts.join(''), origin), undecoded };
}

/** Whether letters beyond ASCII stand beside: then a Greek letter is no symbol. */
function isWithinWord(text: string, at: number, length: number): boolean {
  return text.charCodeAt(at - 1) > 0x36f || text.charCodeAt(at + length) > 0x36f;
}

function foldCharacter(character: string, withinWord: boolean): string {
  if (withinWord && SYMBOL_LETTERS.has(character)) return character;
  const known = folded.get(character);
  if (known !== undefined) return known;
  const result = SPELLINGS.get(character) ?? decompose(character);
  if (folded.size < FOLDED_LIMIT) folded.set(character, result);
  return result;
}

function decompose(character: string): string {
  if (/^[\p{Cf}\p{Mn}\p{Me}\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0]$/u.test(character)) return '';
  return Array.from(character.normalize('NFKC'), decomposeLetter).join('');
}

function decomposeLetter(character: string): string {
  const code = character.codePointAt(0) as number;
  if (code < 127) return character;
  const spelling = SPELLINGS.get(character);
  if (spelling !== undefined) return spelling;
  const zero = DIGIT_ZEROS.find((first) => code >= first && code < first + 10);
  if (zero !== undefined) return String(code - zero);
  if (/^[\p{Cf}\p{Mn}\p{Me}]$/u.test(character)) return '';
  const base = /^[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}]$/u.test(character) ? character.normalize('NFD').replace(/\p{M}/gu, '') : character;
  if (base.length === 1 && base.charCodeAt(0) < 127) return base;
  return /^[\p{L}\p{Mc}\p{Nl}]+$/u.test(base) ? base : ' ';
}

/** Letters of other scripts that look like Latin ones become those, in runs of letters that hold only such and Latin ones. */
function foldLookalikes(text: string, origin: number[]): Omit<FoldedText, 'undecoded'> {
  let lookalike: number | null = null;
  let result = '';
  for (let at = 0; at < text.length; ) {
    const { end, foreign, all } = readLetters(text, at);
    const run = text.slice(at, end);
    if (foreign && all && run.length > 1) {
      lookalike ??= origin[at] ?? 0;
      result += Array.from(run, (letter) => LATIN_LOOKALIKES.get(letter) ?? letter).join('');
    } else result += run;
    at = end;
  }
  return { text: result, origin, lookalike };
}

/** A run of letters from `start` on, or one other character: where it ends, whether it holds foreign letters, whether all of them look Latin. */
function readLetters(text: string, start: number): { end: number; foreign: boolean; all: boolean } {
  let foreign = false;
  let all = true;
  let end = start;
  for (; end < text.length; end++) {
    const type = characterClass(text.charCodeAt(end));
    if (type === FOREIGN_LETTER) {
      foreign = true;
      all &&= LATIN_LOOKALIKES.has(text[end] as string);
    } else if (type !== UPPER && type !== LOWER) break;
  }
  return { end: Math.max(end, start + 1), foreign, all };
}
