/** Longest masked text, in characters. */
const MASKED_CHARS = 60;

/** What stays readable of a secret: its shape. */
const STRUCTURE = new Set([...' ^=,.;:-/\\@()[]_']);

/**
 * A value that may identify somebody, as a report may show it: letters become `*`, digits `#`, signs that only give it
 * shape stay, everything else becomes `?`. Length and class can be seen, no letter of it can.
 */
export function maskSecret(value: string): string {
  const characters = [...value.slice(0, MASKED_CHARS * 4)];
  const masked = characters.slice(0, MASKED_CHARS).map(maskCharacter).join('');
  return characters.length > MASKED_CHARS ? `${masked}…` : masked;
}

function maskCharacter(character: string): string {
  if (STRUCTURE.has(character)) return character;
  if (/\p{L}|\p{M}/u.test(character)) return '*';
  return /\p{N}/u.test(character) ? '#' : '?';
}
