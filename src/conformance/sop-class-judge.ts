import type { FileFinding } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';

/** Storage SOP classes that the standard has retired (PS3.4 B.6, PS3.6 table A-1). */
const RETIRED = new Set([
  '1.2.840.10008.5.1.1.27', // stored print
  '1.2.840.10008.5.1.1.29', // hardcopy grayscale
  '1.2.840.10008.5.1.1.30', // hardcopy colour
  '1.2.840.10008.5.1.4.1.1.3', // US multi-frame
  '1.2.840.10008.5.1.4.1.1.5', // NM
  '1.2.840.10008.5.1.4.1.1.6', // US
  '1.2.840.10008.5.1.4.1.1.8', // standalone overlay
  '1.2.840.10008.5.1.4.1.1.9', // standalone curve
  '1.2.840.10008.5.1.4.1.1.10', // standalone modality LUT
  '1.2.840.10008.5.1.4.1.1.11', // standalone VOI LUT
  '1.2.840.10008.5.1.4.1.1.12.3', // XA biplane
  '1.2.840.10008.5.1.4.1.1.77.1', // VL image, trial
  '1.2.840.10008.5.1.4.1.1.77.2', // VL multi-frame, trial
  '1.2.840.10008.5.1.4.1.1.88.1', // text SR, trial
  '1.2.840.10008.5.1.4.1.1.88.2', // audio SR, trial
  '1.2.840.10008.5.1.4.1.1.88.3', // detail SR, trial
  '1.2.840.10008.5.1.4.1.1.88.4', // comprehensive SR, trial
  '1.2.840.10008.5.1.4.1.1.129', // standalone PET curve
]);

/** DCM-004: a SOP class that may be released, and whose rules are known: what cannot be judged does not pass. */
export function judgeSopClass(sopClass: string, hasRules: boolean, policy: GatePolicy, add: (finding: FileFinding) => void): void {
  const standard = sopClass.startsWith('1.2.840.10008.');
  const shown = standard ? { found: sopClass.slice(0, 64) } : {};
  const finding = { code: 'DCM-004', tag: 'SOPClassUID', content: sopClass, ...shown };
  if (sopClass === '') return add({ ...finding, message: 'The file names no SOP class, so nothing says what it has to hold.', expected: 'a SOP class of the policy' });
  const allowed = policy.sop_classes.includes(sopClass);
  if (!allowed) add({ ...finding, message: 'The SOP class is not one of those that the policy allows to be released.', expected: 'a SOP class of the policy' });
  else if (!hasRules && !RETIRED.has(sopClass)) add({ ...finding, message: 'The policy allows the SOP class, but no rules for its IOD are known, so the file cannot be judged.', expected: 'a SOP class with rules' });
  if (RETIRED.has(sopClass)) add({ ...finding, level: 'warning', message: 'The SOP class is retired from the standard.', hint: 'Convert the file to the class that replaced it.' });
}
