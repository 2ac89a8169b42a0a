import type { CheckOutcome } from '../model/check.js';
import type { Coverage, FindingDraft } from './check.js';
import type { Code } from './codes.js';

/** What the checks of a run said about what they looked at. */
export class CoverageBook {
  private readonly subjects = new Map<Code, number>();
  private readonly reasons = new Map<Code, string>();
  private readonly broken = new Map<Code, string>();

  /** The page of one check. Two checks of one rule look at the same subjects from two sides, so the larger number counts. */
  page(): Coverage {
    const own = new Map<Code, number>();
    return {
      looked: (code, subjects) => {
        own.set(code, (own.get(code) ?? 0) + subjects);
        this.subjects.set(code, Math.max(this.subjects.get(code) ?? 0, own.get(code) ?? 0));
      },
      notApplicable: (code, reason) => {
        if (!this.reasons.has(code)) this.reasons.set(code, reason);
      },
    };
  }

  broke(codes: readonly Code[], reason: string): void {
    for (const code of codes) this.broken.set(code, reason);
  }

  /** A rule that broke off anywhere is incomplete; one that looked anywhere applies. */
  outcome(code: Code): Omit<CheckOutcome, 'findings' | 'waived'> {
    const checked = this.subjects.get(code) ?? 0;
    const broken = this.broken.get(code);
    if (broken !== undefined) return { code, status: 'incomplete', checked, reason: broken };
    if (checked > 0) return { code, status: 'checked', checked, reason: null };
    if (this.subjects.has(code)) return { code, status: 'empty', checked, reason: 'there is something of its kind, but nothing to judge' };
    const reason = this.reasons.get(code);
    if (reason !== undefined) return { code, status: 'not-applicable', checked, reason };
    return { code, status: 'empty', checked, reason: 'it did not say what it looked at' };
  }
}

/** GATE-COVERAGE: a rule that applies and looked at nothing. */
export function emptyCheck({ code, reason }: { code: string; reason: string | null }): FindingDraft {
  return {
    code: 'GATE-COVERAGE',
    message: `${code} looked at nothing: ${reason ?? ''}.`,
    location: { kind: 'dataset', key: code },
    expected: 'at least one subject',
    found: '0',
    content: code,
  };
}
