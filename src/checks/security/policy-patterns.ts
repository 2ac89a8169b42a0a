import { nonLinearReason } from '../../clinical/pattern.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';

/** SEC-113: regular expressions of the policy are valid and matched in linear time. Those of schemas are SCH-020. */
export const policyPatternCheck: Check = {
  codes: ['SEC-113'],
  async *run({ policy }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const pattern = policy.patient_id_pattern;
    if (pattern === null) return coverage.notApplicable('SEC-113', 'the policy holds no regular expression');
    coverage.looked('SEC-113', 1);
    const reason = isValid(pattern) ? nonLinearReason(wholeMatch(pattern)) : 'is no regular expression';
    if (reason === null) return;
    yield {
      code: 'SEC-113',
      message: `The pattern of the policy ${reason}.`,
      location: { kind: 'file', path: 'colophon.yaml', key: 'gate.patient_id_pattern' },
      expected: 'a pattern that is matched in linear time',
      content: pattern,
    };
  },
};

/** It matches a PatientID as a whole, so it is anchored whether it says so or not. */
function wholeMatch(pattern: string): string {
  return `^(?:${pattern})$`;
}

function isValid(pattern: string): boolean {
  try {
    new RegExp(pattern);
    return true;
  } catch {
    return false;
  }
}
