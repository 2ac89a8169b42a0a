import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HeaderReading, KEPT_ATTRIBUTES } from '../../src/model/header.js';

/** One file of a corpus and what readers of DICOM agree it holds; see test/fixtures/dicom/SOURCES.md. */
export interface ExpectedRow {
  file: string;
  expect: 'values' | 'reject' | 'either';
  note: string;
  sha256: string;
  encoding: 'explicit-le' | 'explicit-be' | 'implicit-le' | null;
  [attribute: string]: unknown;
}

/** The attributes that every row states. */
const STATED = [
  ...['TransferSyntaxUID', 'SpecificCharacterSet', 'SOPClassUID', 'SOPInstanceUID', 'StudyDate', 'Modality', 'Manufacturer'],
  ...['PatientName', 'PatientID', 'PatientSex', 'PatientAge', 'BodyPartExamined', 'StudyInstanceUID', 'SeriesInstanceUID'],
  ...['NumberOfFrames', 'Rows', 'Columns'],
];

/** The rows of `expected.jsonl` in a corpus folder. */
export function readExpectedRows(folder: string): ExpectedRow[] {
  const lines = readFileSync(join(folder, 'expected.jsonl'), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as ExpectedRow);
}

/** The value a reading gives an attribute by keyword; null when absent. */
export function valueOf(reading: HeaderReading, keyword: string): string | null {
  if (keyword === 'TransferSyntaxUID') return reading.TransferSyntaxUID;
  const index = KEPT_ATTRIBUTES.findIndex((attribute) => attribute.keyword === keyword);
  if (index < 0) throw new Error(`${keyword} is not kept`);
  return reading.values[index] ?? null;
}

/** Every way in which a reading is not what its row states, as sentences; none when it is as expected. */
export function compareWithRow(reading: HeaderReading, row: ExpectedRow): string[] {
  if (row.expect === 'reject') return reading.status === 'unreadable' ? [] : [`status is ${reading.status}, not unreadable`];
  const broken: string[] = [];
  if ((reading.status === 'ok') !== (reading.error === null)) broken.push(`status ${reading.status} with error ${reading.error}`);
  // A directory states its transfer syntax but holds no attribute that is kept.
  const isDirectory = reading.errorCode === 'dicomdir' && row.file.endsWith('DICOMDIR');
  if (row.expect === 'values' && reading.status !== 'ok' && !isDirectory) broken.push(`status is ${reading.status}: ${reading.error}`);
  for (const attribute of STATED) {
    const found = valueOf(reading, attribute);
    const expected = asText(row[attribute]);
    if (row.expect === 'either' && (found === null || expected === null)) continue;
    if (comparable(attribute, found) === comparable(attribute, expected)) continue;
    broken.push(`${attribute} is ${JSON.stringify(found)}, not ${JSON.stringify(expected)}`);
  }
  return broken;
}

function asText(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  return Array.isArray(value) ? value.join('\\') : String(value);
}

function comparable(attribute: string, value: string | null): string | null {
  return attribute === 'PatientName' && value !== null ? value.replace(/[\^=]+$/, '') : value;
}
