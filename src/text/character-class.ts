/** Classes of a character of folded text; letters and digits are the lowest. */
export const UPPER = 0;
export const LOWER = 1;
export const DIGIT = 2;
export const SPACE = 3;
export const OTHER = 4;
export const FOREIGN_LETTER = 5;

const ASCII = new Uint8Array(128).fill(OTHER);
ASCII.fill(SPACE, 0, 33);
ASCII[127] = SPACE;
ASCII.fill(DIGIT, 0x30, 0x3a);
ASCII.fill(UPPER, 0x41, 0x5b);
ASCII.fill(LOWER, 0x61, 0x7b);

/** Class of a UTF-16 unit of folded text, in which everything beyond ASCII is a letter of another script. */
export function characterClass(code: number): number {
  return code < 128 ? (ASCII[code] as number) : FOREIGN_LETTER;
}
