import type { Waiver } from '../model/finding.js';
import type { FindingDraft } from './check.js';
import { codeEntry, isCode, type Code } from './codes.js';

/** How a waiver fared: only `used` ones accept findings. */
type Fate = 'unused' | 'used' | 'expired' | 'refused';

/** The waivers of a run: matches findings, and afterwards says which waivers deserve a look. */
export class WaiverBook {
  private readonly byKey = new Map<string, { waiver: Waiver; fate: Fate }>();

  /** @param today YYYY-MM-DD; a waiver holds to the end of its expiry day */
  constructor(
    waivers: readonly Waiver[],
    private readonly today: string,
  ) {
    for (const waiver of waivers) this.byKey.set(keyOf(waiver), { waiver, fate: 'unused' });
  }

  /** The waiver that accepts a finding, or null. `bound` says that there is content which the fingerprint binds to. */
  match(code: Code, fingerprint: string, bound: boolean): Waiver | null {
    const entry = this.byKey.get(`${code} ${fingerprint}`);
    if (entry === undefined) return null;
    entry.fate = !bound || !codeEntry(code).waivable ? 'refused' : entry.waiver.expiry < this.today ? 'expired' : 'used';
    return entry.fate === 'used' ? entry.waiver : null;
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
    case 'unused':
      return isCode(code)
        ? { message: 'The waiver meets no finding: what it accepted is gone or has changed.', hint: 'Remove it, or waive the finding anew.' }
        : { message: 'The waiver names a check that does not exist.', expected: 'a code of the catalogue of checks', found: 'another one' };
  }
}

function keyOf({ code, fingerprint }: Waiver): string {
  return `${code} ${fingerprint}`;
}
