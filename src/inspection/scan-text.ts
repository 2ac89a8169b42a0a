import type { ScanText } from '../deidentification/scan.js';
import type { GatePolicy } from '../model/policy.js';
import type { TextKind } from '../text/reading.js';
import { createTextScanner } from '../text/scan.js';

/** What kind of text each VR holds (PS3.5 6.2); the others are short descriptions. */
const KINDS = new Map<string, TextKind>([
  ['PN', 'name'],
  ['LT', 'free-text'],
  ['ST', 'free-text'],
  ['UT', 'free-text'],
  ['UC', 'free-text'],
]);

/** The text scanner as the rules of de-identification ask it: by keyword and VR; without either the text is part of a path. */
export function createScan(policy: GatePolicy): ScanText {
  const scan = createTextScanner(policy);
  return (text, { keyword, vr }) => {
    const kind: TextKind = vr === null ? (keyword === null ? 'path' : 'bytes') : (KINDS.get(vr) ?? 'description');
    return scan(text, keyword === null ? { kind } : { kind, keyword });
  };
}
