/** What a character does that nobody sees; the worst first. */
export type Invisible = 'control' | 'bidirectional' | 'invisible';

/**
 * C0 and C1 controls but tab and line ends, which SCH-001 allows in cells; bidirectional marks, embeddings, overrides and
 * isolates; zero-width and other format characters; line and paragraph separators; tag characters (CWE-150, CWE-1007).
 */
const CLASSES: Record<Invisible, string> = {
  control: '\\x00-\\x08\\x0B\\x0C\\x0E-\\x1F\\x7F-\\x{9F}',
  bidirectional: '\\x{61C}\\x{200E}\\x{200F}\\x{202A}-\\x{202E}\\x{2066}-\\x{2069}',
  invisible: '\\x{AD}\\x{180E}\\x{200B}-\\x{200D}\\x{2028}\\x{2029}\\x{2060}-\\x{2065}\\x{206A}-\\x{206F}\\x{FEFF}\\x{FFF9}-\\x{FFFB}\\x{E0000}-\\x{E007F}',
};

/** RE2 class of all of them, to be put into a larger pattern. */
export const INVISIBLE_CLASS = `[${Object.values(CLASSES).join('')}]`;

const PATTERNS = new Map(Object.entries(CLASSES).map(([kind, source]) => [kind as Invisible, new RegExp(`[${source.replaceAll('\\x{', '\\u{')}]`, 'gu')]));

/** The first character of the worst kind in a text, with its kind; null when there is none. */
export function findInvisible(text: string): { kind: Invisible; character: string } | null {
  for (const [kind, pattern] of PATTERNS) {
    pattern.lastIndex = 0;
    for (const match of text.matchAll(pattern)) if (!isJoiner(text, match)) return { kind, character: match[0] };
  }
  return null;
}

/** Zero-width joiners shape the letters of some scripts and the parts of emoji: between two such they belong to the text. */
function isJoiner(text: string, { 0: character, index }: RegExpExecArray): boolean {
  if (!isJoinerCode(character.charCodeAt(0))) return false;
  const [before, after] = [text[index - 1] ?? '', text[index + 1] ?? ''];
  return [before, after].every((each) => each > '\u02FF' && !/[\p{P}\p{Z}\p{Cc}\p{Cf}]/u.test(each));
}

/** Whether a code point is the zero-width joiner or non-joiner. */
export function isJoinerCode(code: number): boolean {
  return code === 0x200c || code === 0x200d;
}

/** `U+202E`. */
export function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
