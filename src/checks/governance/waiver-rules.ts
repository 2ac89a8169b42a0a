import { isDay } from '../day.js';
import type { Waiver } from '../../model/finding.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { codeEntry, isCode } from '../codes.js';
import { mayApprove } from '../waivers.js';

/**
 * GOV-010: waivers that must not be there at all. Whether a waiver meets its finding is known only after the other checks:
 * the run tells that as GATE-WAIVER, and accepts nothing by a waiver that is told here.
 */
export const waiverRuleCheck: Check = {
  codes: ['GOV-010'],
  async *run({ governance, policy, today }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (governance.waivers.length === 0) return coverage.notApplicable('GOV-010', 'there are no waivers');
    coverage.looked('GOV-010', governance.waivers.length);
    for (const waiver of governance.waivers)
      for (const defect of waiverDefects(waiver, policy.approvers, today))
        yield { code: 'GOV-010', location: { kind: 'file', path: 'waivers.yaml', key: `${waiver.code} ${waiver.fingerprint}` }, content: null, ...defect };
  },
};

function* waiverDefects({ code, reason, approver, expiry }: Waiver, approvers: readonly string[], today: string): Generator<Pick<FindingDraft, 'message' | 'expected' | 'found'>> {
  if (isCode(code) && !codeEntry(code).waivable) yield { message: `No waiver can accept findings of ${code}.`, expected: 'a rule that can be waived', found: code };
  if (!isDay(expiry)) yield { message: 'The last day of the waiver is no day.', expected: 'YYYY-MM-DD', found: 'another text' };
  else if (expiry < today) yield { message: 'The waiver is out of date.', expected: `${today} or later`, found: expiry };
  if (reason.trim() === '') yield { message: 'The waiver gives no reason.', expected: 'why the finding is accepted', found: 'nothing' };
  if (!mayApprove(approver, approvers))
    yield approver.trim() === ''
      ? { message: 'The waiver was approved by nobody.', expected: 'a name', found: 'nothing' }
      : { message: 'The waiver was approved by somebody who may not.', expected: 'a name of gate.approvers', found: 'another name' };
}
