import { TEXT_VRS, type DataSet, type DicomElement } from '../dicom/data-set.js';
import { readableRuns } from '../text/byte-runs.js';
import { gravestHits } from '../text/gravest-hits.js';
import type { TextHit } from '../text/hits.js';
import { maskSecret } from '../text/mask.js';
import { addAbout, type Subject } from './subject.js';

/** Bytes of one private value that are looked through. */
const MAX_BYTES = 4 * 1024 * 1024;
/** Findings of one value. */
const MAX_HITS = 5;

const NOTHING: ReadonlySet<string> = new Set();
/** VRs of numbers: their bytes spell words by chance only. */
const NUMBER_VRS = new Set(['US', 'SS', 'UL', 'SL', 'FL', 'FD', 'SV', 'UV', 'AT', 'OF', 'OD', 'OL', 'OV']);

/**
 * DID-031: what stays of private elements holds nothing that identifies anybody: its text, or what can be read in its
 * bytes, ASCII or UTF-16. Returns whether something was found. @param ignored rules of the scanner that do not count
 */
export function judgePrivateValue(subject: Subject, dataSet: DataSet, element: DicomElement, ignored: ReadonlySet<string> = NOTHING): boolean {
  const { bytes, vr } = element;
  subject.report.looked('DID-031');
  if (bytes === null || NUMBER_VRS.has(vr)) return false;
  if (bytes.length > MAX_BYTES)
    addAbout(subject, dataSet, element, { code: 'DID-031', level: 'warning', message: 'A private value is longer than the limit, so only its first part was looked through.', expected: `at most ${MAX_BYTES} bytes`, found: `${bytes.length} bytes` });
  const all = TEXT_VRS.has(vr) ? scanTexts(subject, dataSet.values(element), 'description') : scanTexts(subject, readTexts(bytes.subarray(0, MAX_BYTES)), 'bytes');
  const found = all.filter(({ hit }) => !ignored.has(hit.code));
  for (const { hit, text } of found)
    addAbout(subject, dataSet, element, { code: 'DID-031', level: hit.level, message: `A private value that stays holds ${hit.what}.`, found: maskSecret(text.slice(hit.start, hit.end)) });
  return found.length > 0;
}

function* readTexts(bytes: Buffer): Generator<string> {
  for (const { text } of readableRuns(bytes)) yield text;
}

function scanTexts(subject: Subject, texts: Iterable<string>, kind: 'description' | 'bytes'): { hit: TextHit; text: string }[] {
  const found: { hit: TextHit; text: string }[] = [];
  for (const text of texts) {
    for (const hit of gravestHits(subject.tools.scan(text, { kind })))
      // Bytes that spell something by chance spell no more than a suspicion.
      if (kind !== 'bytes' || hit.level === 'error') found.push({ hit, text });
    if (found.length >= MAX_HITS) break;
  }
  return found.slice(0, MAX_HITS);
}
