import type { TableDefect } from '../model/pull.js';

/** Defects of one file that are kept; the others are counted. */
const KEPT_DEFECTS = 20;

/** What a defect may say beside its code and sentence. */
export type DefectDetails = Partial<Pick<TableDefect, 'line' | 'column' | 'expected' | 'found'>>;

/** Collects the defects of one file: the first ones in full, all of them as a number. */
export class DefectLog {
  readonly kept: TableDefect[] = [];
  count = 0;

  /** Notes a defect; the message repeats no cell. */
  add(code: 'SCH-001' | 'SCH-002' | 'SCH-003' | 'GATE-INCOMPLETE', message: string, details: DefectDetails = {}): void {
    this.count += 1;
    if (this.kept.length >= KEPT_DEFECTS) return;
    this.kept.push({ code, message, line: null, column: null, expected: null, found: null, ...details });
  }
}
