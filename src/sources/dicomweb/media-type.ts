/** A value of Content-Type (RFC 9110 8.3). */
export interface MediaType {
  /** `type/subtype` in lower case. */
  name: string;
  /** By their names in lower case; of one that is there twice the first. */
  parameters: ReadonlyMap<string, string>;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const NAME = new RegExp(`^[ \\t]*(${TOKEN}/${TOKEN})[ \\t]*(?=;|$)`);
/** A quoted string, or everything up to the next semicolon: boundaries with `/` or `=` that nobody quoted are seen. */
const PARAMETER = new RegExp(`;[ \\t]*(?:(${TOKEN})=(?:"((?:[^"\\\\]|\\\\.){0,500})"|([^;"]{0,500})))?`, 'y');

/** Reads a Content-Type; null for what is none, or is longer than any is. */
export function parseMediaType(text: string | undefined): MediaType | null {
  if (text === undefined || text.length > 2000) return null;
  const name = NAME.exec(text);
  if (name === null) return null;
  const parameters = new Map<string, string>();
  PARAMETER.lastIndex = name[0].length;
  for (let found = PARAMETER.exec(text); found !== null; found = PARAMETER.exec(text)) {
    const [, key, quoted, plain] = found;
    const value = quoted === undefined ? plain?.trim() : quoted.replace(/\\(.)/g, '$1');
    if (key !== undefined && value !== undefined && !parameters.has(key.toLowerCase())) parameters.set(key.toLowerCase(), value);
    while (text[PARAMETER.lastIndex] === ' ' || text[PARAMETER.lastIndex] === '\t') PARAMETER.lastIndex += 1;
  }
  return { name: (name[1] as string).toLowerCase(), parameters };
}
