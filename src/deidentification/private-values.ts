import { TEXT_VRS, type DataSet, type DicomElement } from '../dicom/data-set.js';
import { maskSecret } from '../text/mask.js';
import { textsInBytes } from './byte-texts.js';
import type { ScanHit } from './scan.js';
import { addAbout, type Subject } from './subject.js';

/** Bytes of one private value that are looked through. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Findings of one value. */
const MAX_HITS = 5;

/** VRs of numbers: their bytes spell words by chance only. */
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'SV', 'UV', 'AT', 'OF', 'OD', 'OL', 'OV']);

/**
 * DID-031: what stays of private elements holds nothing that identifies anybody: its text, or what can be read in its
 * bytes, ASCII or UTF-16. Returns whether something was found.
 */
export function judgePrivateValue(subject: Subject, dataSet: DataSet, element: DicomElement): boolean {
  const { bytes, vr } = element;
  subject.report.looked('DID-031');
  if (bytes === null || NUMBER_VRS.has(vr)) return false;
  if (bytes.length > MAX_BYTES)
    addAbout(subject, dataSet, element, { code: 'DID-031', level: 'warning', message: 'A private value is longer than the limit, so only its first part was looked through.', expected: `at most ${MAX_BYTES} bytes`, found: `${bytes.length} bytes` });
  const found = TEXT_VRS.has(vr) ? scanTexts(subject, dataSet.values(element), vr, false) : scanTexts(subject, textsInBytes(bytes.subarray(0, MAX_BYTES)), vr, true);
  for (const { hit, text } of found)
    addAbout(subject, dataSet, element, { code: 'DID-031', level: hit.level, message: `A private value that stays holds ${hit.what}.`, found: maskSecret(text.slice(hit.start, hit.end)) });
  return found.length > 0;
}

function scanTexts(subject: Subject, texts: Iterable<string>, vr: string, fromBytes: boolean): { hit: ScanHit; text: string }[] {
  const found: { hit: ScanHit; text: string }[] = [];
  const { text_chars: limit } = subject.policy.limits;
  for (const text of texts) {
    for (const hit of subject.tools.scan(text.slice(0, limit), { keyword: null, vr }))
      // Bytes that spell something by chance spell no more than a suspicion.
      if (!fromBytes || hit.level === 'error') found.push({ hit, text });
    if (found.length >= MAX_HITS) break;
  }
  return found.slice(0, MAX_HITS);
}
