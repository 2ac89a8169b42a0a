/**
 * Characters that must never reach a terminal or a page from data: C0 and C1 controls with ESC, bidirectional marks and
 * overrides, zero-width and other invisible format characters, line and paragraph separators, lone surrogates (CWE-150).
 */
const UNSAFE = /[\u0000-\u001F\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]|\p{Surrogate}/gu;

/** Makes text from data safe to print on one line: unsafe characters become `\u{hex}`. */
export function escapeText(text: string): string {
  return text.replace(UNSAFE, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}

/** `escapeText`, cut to `length` characters with an ellipsis. */
export function shortenText(text: string, length: number): string {
  const characters = [...escapeText(text)];
  return characters.length <= length ? characters.join('') : `${characters.slice(0, Math.max(0, length - 1)).join('')}…`;
}
