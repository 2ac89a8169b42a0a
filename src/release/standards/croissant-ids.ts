/** Id of the field of a column: an id of JSON-LD is an IRI, so it holds nothing but letters, digits, `.`, `_` and `-`. */
export function fieldId(table: string, column: string): string {
  return `${table}/${iriPart(column)}`;
}

/** A name as a part of an IRI; different names stay different: what is not allowed becomes its code point. */
export function iriPart(name: string): string {
  return name.replace(/[^A-Za-z0-9._-]/gu, (character) => `_x${(character.codePointAt(0) ?? 0).toString(16)}_`);
}
