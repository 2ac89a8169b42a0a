import { MAX_VALUE_BYTES } from '../../dicom/limits.js';
import { trimPadding } from '../../dicom/value-text.js';
import type { JsonDataSet, JsonElement } from './dicom-json.js';

/** The text of an attribute; null when it has none that can be kept. `flawed`: it has something else than a value of text or numbers. */
export interface JsonText {
  text: string | null;
  flawed: boolean;
}

const NONE: JsonText = { text: null, flawed: true };

/**
 * The text of an attribute as reading it from a file gives it: several values joined by `\`, an empty one between them for
 * `null` (PS3.18 F.2.5), padding stripped from each, a name as its groups joined by `=` (F.2.2), numbers as they were written.
 */
export function jsonText(element: JsonElement): JsonText {
  if (element.vr === 'SQ' || element.elsewhere) return NONE;
  const texts: string[] = [];
  for (const value of element.values ?? []) {
    const text = textOf(value);
    if (text === null) return NONE;
    texts.push(text);
  }
  const joined = texts.join('\\');
  if (joined.length > MAX_VALUE_BYTES || Buffer.byteLength(joined) > MAX_VALUE_BYTES) return NONE;
  // A lone surrogate is no character, and no text in UTF-8.
  return /\p{Surrogate}/u.test(joined) ? { text: joined.replace(/\p{Surrogate}/gu, '\ufffd'), flawed: true } : { text: joined, flawed: false };
}

/** The text of an attribute of a data set; null when it is not there, or has none that can be kept. */
export function attributeText(dataSet: JsonDataSet, tag: string): string | null {
  const element = dataSet.get(tag);
  return element === undefined ? null : jsonText(element).text;
}

function textOf(value: unknown): string | null {
  if (value === null) return '';
  if (typeof value === 'string') return trimValues(value);
  return typeof value === 'object' && !Array.isArray(value) ? nameOf(value) : null;
}

function trimValues(text: string): string {
  return text.includes('\\') ? text.split('\\').map(trimPadding).join('\\') : trimPadding(text);
}

/** A group that is there but empty keeps its `=`, as in the file; one that is not there keeps it only before another. */
function nameOf(value: object): string | null {
  const { Alphabetic, Ideographic, Phonetic } = value as Record<string, unknown>;
  const groups = [Alphabetic, Ideographic, Phonetic];
  if (groups.some((group) => group !== undefined && group !== null && typeof group !== 'string')) return null;
  while (groups.length > 0 && typeof groups.at(-1) !== 'string') groups.pop();
  return trimPadding(groups.map((group) => group ?? '').join('='));
}
