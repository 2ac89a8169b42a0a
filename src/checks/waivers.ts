import { isDay } from './day.js';
import { sha256Hex } from '../fixity/digest.js';
import type { Waiver } from '../model/finding.js';
import type { FindingDraft } from './check.js';
import { codeEntry, isCode, type Code } from './codes.js';

/** How a waiver fared: only `used` ones accept findings. */
type Fate = 'unused' | 'used' | 'expired' | 'refused' | 'unapproved' | 'changed';

/** The waivers of a run: matches findings, and afterwards says which waivers deserve a look. */
export class WaiverBook {
  private readonly byKey = new Map<string, { waiver: Waiver; fate: Fate }>();

  /**
   * @param today YYYY-MM-DD; a waiver holds to the end of its expiry day
   * @param approvers names that may approve; empty: anybody
   */
  constructor(
    waivers: readonly Waiver[],
    private readonly today: string,
    private readonly approvers: readonly string[] = [],
  ) {
    for (const waiver of waivers) this.byKey.set(keyOf(waiver), { waiver, fate: 'unused' });
  }

  /** The waiver that accepts a finding, or null. `content` is what the fingerprint binds to; null: nothing, so nothing is accepted. */
  match(code: Code, fingerprint: string, content: string | null): Waiver | null {
    const entry = this.byKey.get(`${code} ${fingerprint}`);
    if (entry === undefined) return null;
    entry.fate = this.judge(entry.waiver, code, content);
    return entry.fate === 'used' ? entry.waiver : null;
  }

  private judge(waiver: Waiver, code: Code, content: string | null): Fate {
    if (content === null || !codeEntry(code).waivable) return 'refused';
    if (!isDay(waiver.expiry) || waiver.expiry < this.today) return 'expired';
    if (!mayApprove(waiver.approver, this.approvers)) return 'unapproved';
    // A lone surrogate has no UTF-8 form; the fingerprint replaces it likewise.
    const matches = waiver.content_digest === undefined || sha256Hex(content.replace(/\p{Cs}/gu, '\uFFFD')).startsWith(waiver.content_digest);
    return matches ? 'used' : 'changed';
  }

  /** Waivers that accepted a finding, by code and fingerprint. */
  used(): Waiver[] {
    return [...this.byKey.values()].filter(({ fate }) => fate === 'used').map(({ waiver }) => waiver);
  }

  /** GATE-WAIVER: what is wrong with the waivers themselves; those of rules that did not run are left alone. */
  *findings(ran: ReadonlySet<Code>): Generator<FindingDraft> {
    for (const { waiver, fate } of this.byKey.values()) {
      if (fate === 'used') continue;
      if (isCode(waiver.code) && !ran.has(waiver.code)) continue;
      yield { code: 'GATE-WAIVER', location: { kind: 'file', path: 'waivers.yaml', key: `${waiver.code} ${waiver.fingerprint}` }, content: null, ...words(waiver, fate) };
    }
  }

  /** Waivers that were judged: all but those of rules that did not run. */
  count(ran: ReadonlySet<Code>): number {
    return [...this.byKey.values()].filter(({ waiver }) => !isCode(waiver.code) || ran.has(waiver.code)).length;
  }
}

function words({ code, expiry }: Waiver, fate: Exclude<Fate, 'used'>): Pick<FindingDraft, 'message' | 'hint' | 'expected' | 'found'> {
  switch (fate) {
    case 'expired':
      return { message: 'The waiver has expired, so its finding stands.', expected: 'an expiry that has not passed', found: expiry };
    case 'refused':
      return { message: `Findings of ${code} cannot be waived here, so the finding stands.`, hint: 'Mend the finding and remove the waiver.' };
    case 'unapproved':
      return { message: 'The waiver was approved by nobody who may, so its finding stands.', expected: 'a name of gate.approvers', found: 'another name' };
    case 'changed':
      return { message: 'The waiver was given for other content, so its finding stands.', expected: 'the content_digest of what is there', found: 'another one' };
    case 'unused':
      return isCode(code)
        ? { message: 'The waiver meets no finding: what it accepted is gone or has changed.', hint: 'Remove it, or waive the finding anew.' }
        : { message: 'The waiver names a check that does not exist.', expected: 'a code of the catalogue of checks', found: 'another one' };
  }
}

function keyOf({ code, fingerprint }: Waiver): string {
  return `${code} ${fingerprint}`;
}

/** Whether a name may approve waivers: compared without case and outer blanks; an empty list allows every name. */
export function mayApprove(approver: string, approvers: readonly string[]): boolean {
  const name = foldName(approver);
  return name !== '' && (approvers.length === 0 || approvers.some((each) => foldName(each) === name));
}

/** A person's name as it is compared. */
export function foldName(name: string): string {
  return name.normalize('NFC').trim().replace(/\s{1,100}/gu, ' ').toLowerCase();
}
