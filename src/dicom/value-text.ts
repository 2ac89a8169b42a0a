const SPACE = 0x20;

const isPad = (code: number): boolean => code === SPACE || code === 0;

/** Strips blanks and NULs from both ends. Not a regular expression: those are quadratic in a run of blanks. */
export function trimPadding(text: string): string {
  let from = 0;
  let to = text.length;
  while (from < to && isPad(text.charCodeAt(from))) from += 1;
  while (to > from && isPad(text.charCodeAt(to - 1))) to -= 1;
  return from === 0 && to === text.length ? text : text.slice(from, to);
}

/** The values of a text, which a backslash separates, each without its padding. */
export function splitValues(text: string): string[] {
  return text.includes('\\') ? text.split('\\').map(trimPadding) : [text];
}
