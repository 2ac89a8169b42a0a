import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PACKAGE_ROOT } from '../package-root.js';

/** Version of the table: the commit that it was taken from; see SOURCES.md. */
export const LOINC_TABLE_VERSION = 'midrc_dicom_harmonization dbcc5235fe2e40c0bca0b1f89a802a4592d0ebd9';

/** One line of the harmonisation table: what studies of some modalities with a description are, in LOINC. */
export interface StudyMapping {
  modalities: readonly string[];
  description: string;
  code: string;
  name: string;
}

/** What the table writes where a study has no modality or no description. */
const BLANK = new Set(['(blank)', '[blank]', '']);

let mappings: readonly StudyMapping[] | undefined;

/** The harmonisation table of MIDRC (see SOURCES.md), read once; lines without a modality or description are left out. */
export function studyMappings(): readonly StudyMapping[] {
  return (mappings ??= readMappings());
}

function readMappings(): StudyMapping[] {
  const [, ...lines] = readFileSync(join(PACKAGE_ROOT, 'src/facts/study-description-loinc.tsv'), 'utf8').split(/\r?\n/);
  return lines.flatMap((line) => {
    const [modality = '', description = '', code = '', name = ''] = line.split('\t');
    if (BLANK.has(modality.trim()) || BLANK.has(description.trim()) || code === '') return [];
    return [{ modalities: modality.split(',').map((each) => each.trim()), description: foldDescription(description), code, name }];
  });
}

/** A study description as it is compared: without case and outer blanks, runs of blanks as one. */
export function foldDescription(text: string): string {
  return text.trim().split(/\s/).filter((word) => word !== '').join(' ').toUpperCase();
}
