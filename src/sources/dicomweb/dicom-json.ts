import { parseJsonStrict } from '../../fixity/json.js';
import { quoteNumbers } from './json-numbers.js';

/** An attribute in the DICOM JSON Model (PS3.18 F.2), not yet looked at. */
export interface JsonElement {
  /** As it was written; null when it was not. */
  vr: string | null;
  /** Null where there is no `Value`: an empty attribute, or one that is `elsewhere`. Numbers stand as texts, as they were written. */
  values: readonly unknown[] | null;
  /** Whether its value is only to be had as bulk data, or is bytes (InlineBinary). */
  elsewhere: boolean;
}

/** The top level of a data set, by tag: eight upper-case hex digits. Of a tag that is there twice the first counts. */
export type JsonDataSet = ReadonlyMap<string, JsonElement>;

/** Largest answer in bytes, and the nesting that some twenty levels of sequences take. */
const LIMITS = { maxBytes: 64 << 20, maxDepth: 256 };

/** Data sets, or why the text holds none, as a clause. */
export type DicomJsonReading = { ok: true; dataSets: JsonDataSet[] } | { ok: false; reason: string };

/** Reads an answer of `application/dicom+json`: a list of data sets, or one alone. */
export function parseDicomJson(bytes: Uint8Array): DicomJsonReading {
  if (bytes.length > LIMITS.maxBytes) return { ok: false, reason: `it is over ${LIMITS.maxBytes} bytes` };
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { ok: false, reason: 'it is not UTF-8' };
  }
  const json = parseJsonStrict(quoteNumbers(text), { ...LIMITS, maxBytes: 2 * LIMITS.maxBytes });
  if (!json.ok) return json;
  const list = Array.isArray(json.value) ? (json.value as unknown[]) : [json.value];
  const dataSets: JsonDataSet[] = [];
  for (const each of list) {
    if (!isObject(each)) return { ok: false, reason: 'it is no list of data sets' };
    dataSets.push(dataSetOf(each));
  }
  return { ok: true, dataSets };
}

function dataSetOf(object: object): JsonDataSet {
  const elements = new Map<string, JsonElement>();
  for (const [key, value] of Object.entries(object)) {
    const tag = key.toUpperCase();
    if (/^[0-9A-F]{8}$/.test(tag) && isObject(value) && !elements.has(tag)) elements.set(tag, elementOf(value));
  }
  return elements;
}

function elementOf(object: object): JsonElement {
  const { vr, Value } = object as { vr?: unknown; Value?: unknown };
  return {
    vr: typeof vr === 'string' ? vr : null,
    // A value that is no list is read as a list of one: it is seen, and means nothing else.
    values: Value === undefined || Value === null ? null : Array.isArray(Value) ? (Value as unknown[]) : [Value],
    elsewhere: Object.hasOwn(object, 'BulkDataURI') || Object.hasOwn(object, 'InlineBinary'),
  };
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
