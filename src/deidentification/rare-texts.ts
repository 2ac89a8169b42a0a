import type { DicomFile } from '../dicom/dicom-file.js';
import { findAttribute } from '../facts/attribute-dictionary.js';

/** Longest text that is compared over the set, in characters. */
const MAX_CHARS = 128;
/** Texts of one file. */
const MAX_TEXTS = 64;
const TEXT_VRS = new Set(['LO', 'LT', 'SH', 'ST', 'UC', 'UT', 'AE']);
/** They differ from file to file or patient to patient by their nature, or have rules of their own. */
const NOT_COMPARED = new Set([0x00100020, 0x00100021, 0x00080050, 0x00200010, 0x00120063, 0x00120040, 0x00120042, 0x00181000, 0x00181020, 0x00080070, 0x00081090]);
/** (0028,0302): whether a face can be recognised; DID-073 asks it of whole series. */
const RECOGNIZABLE_VISUAL_FEATURES = 0x00280302;

/**
 * Texts of a file, `keyword=value`, whose rarity over the set is looked at (DID-095); and RecognizableVisualFeatures
 * where it is there (DID-073). In the order of their tags.
 */
export function rareCandidates({ dataSet }: DicomFile): string[] {
  const candidates: string[] = [];
  for (const element of dataSet.elements) {
    if (element.tag === RECOGNIZABLE_VISUAL_FEATURES) candidates.push(`RecognizableVisualFeatures=${dataSet.text(element.tag) ?? ''}`);
    if (!TEXT_VRS.has(element.vr) || NOT_COMPARED.has(element.tag) || candidates.length >= MAX_TEXTS) continue;
    const keyword = findAttribute(element.tag)?.keyword;
    if (keyword === undefined) continue;
    for (const value of dataSet.values(element)) if (value.length <= MAX_CHARS && /[A-Za-z\u0080-\uffff]/.test(value)) candidates.push(`${keyword}=${value}`);
  }
  return candidates.slice(0, MAX_TEXTS);
}
