import type { FileFinding, FileReport } from '../model/inspection.js';

/** Findings of one rule in one file that are kept; a last one says how many there were. */
const MAX_FINDINGS_A_RULE = 25;

/** Gathers what the rules say about one file. */
export class FileFindings implements FileReport {
  private readonly codes = new Set<string>();
  private readonly kept = new Map<string, FileFinding[]>();
  private readonly dropped = new Map<string, number>();

  looked(code: string): void {
    this.codes.add(code);
  }

  add(finding: FileFinding): void {
    this.codes.add(finding.code);
    const own = this.kept.get(finding.code) ?? [];
    if (own.length === 0) this.kept.set(finding.code, own);
    if (own.length < MAX_FINDINGS_A_RULE) own.push(finding);
    else this.dropped.set(finding.code, (this.dropped.get(finding.code) ?? 0) + 1);
  }

  /** Ids of the rules that looked at the file, ascending, blank between them. */
  applied(): string {
    return [...this.codes].sort().join(' ');
  }

  /** The findings, by rule; what is beyond the limit is counted, and has the gravest level of its rule. */
  list(): FileFinding[] {
    return [...this.kept].sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([code, own]) => {
      const more = this.dropped.get(code);
      if (more === undefined) return own;
      return [...own, { code, message: 'There are more findings of this rule in the file.', found: `${more} more`, content: String(more) }];
    });
  }
}
