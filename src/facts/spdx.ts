import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** Licences of the SPDX list by their id in small letters: ids are compared without case (SPDX 2.3, annex D). */
const IDS = new Map((require('spdx-license-ids') as string[]).map((id) => [id.toLowerCase(), id]));
const DEPRECATED = new Map((require('spdx-license-ids/deprecated') as string[]).map((id) => [id.toLowerCase(), id]));

/** The id as the SPDX list writes it; null when the list does not have it, deprecated or not. */
export function spdxId(text: string): string | null {
  return IDS.get(text.toLowerCase()) ?? DEPRECATED.get(text.toLowerCase()) ?? null;
}

/** Whether the SPDX list has an id only so that old texts can be read. */
export function isDeprecatedLicense(text: string): boolean {
  return !IDS.has(text.toLowerCase()) && DEPRECATED.has(text.toLowerCase());
}

/** Every id of the list that is not deprecated. */
export function spdxIds(): string[] {
  return [...IDS.values()];
}

/** Longest licence expression that is read, in characters. */
const EXPRESSION_CHARS = 200;

/**
 * The ids of a licence expression: alternatives (`OR`), each a list of licences that hold together (`AND`). Null when it
 * is none of that simple form; parentheses and exceptions (`WITH`) are not taken apart.
 */
export function licenseAlternatives(text: string): string[][] | null {
  if (text.length > EXPRESSION_CHARS) return null;
  const alternatives = text.trim().split(/ {1,9}OR {1,9}/).map((part) => part.split(/ {1,9}AND {1,9}/));
  return alternatives.every((ids) => ids.every((id) => /^[A-Za-z0-9.-]+\+?$/.test(id))) ? alternatives : null;
}
