/** Most words of an identifier: a name with titles and suffixes has fewer. */
export const MAX_WORDS = 6;
/** Characters an identifier has at least; a shorter one would be met everywhere. */
export const LEAST_CHARS = 4;

const UID = /^[0-9]+(?:\.[0-9]+){3,}$/;

/** Whether a text is a UID, which is looked for as a whole. */
export function isUid(text: string): boolean {
  return text.length <= 64 && UID.test(text);
}

/** Lower case, without accents, ligatures taken apart: what is compared. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}

/** The words of a text as they are compared: runs of letters and digits. */
export function wordsOf(text: string): string[] {
  return foldText(text).match(/[\p{L}\p{N}]+/gu) ?? [];
}

/**
 * The forms in which an identifier is looked for: its words with a blank between them, and for names also turned round,
 * as `Ann Bell` and `BELL^ANN` are one. None when it is too short or too long.
 */
export function formsOf(identifier: string): string[] {
  const text = identifier.trim();
  if (isUid(text)) return [text];
  const words = wordsOf(text);
  if (words.length === 0 || words.length > MAX_WORDS || words.join('').length < LEAST_CHARS) return [];
  const forms = [words.join(' ')];
  if (words.length > 1 && words.every((word) => /^\p{L}+$/u.test(word))) {
    forms.push([...words.slice(1), words[0]].join(' '), [words.at(-1), ...words.slice(0, -1)].join(' '));
    if (words.length > 2) forms.push(`${words[0]} ${words.at(-1)}`, `${words.at(-1)} ${words[0]}`);
  }
  return [...new Set(forms)];
}
