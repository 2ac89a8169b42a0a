const [QUOTE, BACKSLASH] = [0x22, 0x5c];

/** A character that a JSON number may begin with, outside of strings. */
const isNumberStart = (code: number): boolean => code === 0x2d || (code >= 0x30 && code <= 0x39);

const isNumberPart = (code: number): boolean => isNumberStart(code) || code === 0x2b || code === 0x2e || code === 0x45 || code === 0x65;

/**
 * Puts quotes around the numbers of a JSON text, so that they are kept as they were written: `2.50` is another text than
 * `2.5`, and a double would change long ones. What is no JSON is no JSON afterwards.
 */
export function quoteNumbers(text: string): string {
  const pieces: string[] = [];
  let kept = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = endOfString(text, at);
    else if (isNumberStart(code)) {
      const end = endOfNumber(text, at);
      pieces.push(text.slice(kept, at), quoted(text.slice(at, end)));
      kept = end;
      at = end - 1;
    }
  }
  if (kept === 0) return text;
  pieces.push(text.slice(kept));
  return pieces.join('');
}

/** Where the quote that ends a string is; the end of the text when there is none. */
function endOfString(text: string, from: number): number {
  for (let end = text.indexOf('"', from + 1); end >= 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text.charCodeAt(end - 1 - escapes) === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return end;
  }
  return text.length;
}

function endOfNumber(text: string, from: number): number {
  let end = from + 1;
  while (end < text.length && isNumberPart(text.charCodeAt(end))) end += 1;
  return end;
}

/** What is no JSON number stays without quotes, for the parser to refuse. */
function quoted(token: string): string {
  return /^-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?$/.test(token) ? `"${token}"` : token;
}
