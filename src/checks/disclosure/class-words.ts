import { maskSecret } from '../../text/mask.js';
import { showName } from '../mask.js';
import { countValues, type ClassTable } from './class-table.js';
import { isNumeric, type ViewColumn } from './view-column.js';

/** Longest codes of digits that a report shows: parts of postal codes, no numbers of persons. */
const DIGITS_SHOWN = 3;

/** What stands for a missing value. */
const MISSING = '(none)';

/**
 * Names classes for a report: `sex=Male, zip=036, age_at_index=30-39`. Values are shown where they are of a closed list, a
 * number, at most three digits, or so common in their column that they single out nobody; others are masked.
 */
export class ClassWords {
  private readonly shown: string[][];

  /**
   * @param common A value that this many cases of the classes hold may be shown.
   * @param known By column, values that may be shown too.
   */
  constructor(
    private readonly columns: readonly ViewColumn[],
    private readonly classes: ClassTable,
    common: number,
    known: readonly ReadonlySet<string>[] = [],
  ) {
    this.shown = columns.map((column, at) => {
      const counts = countValues(classes, at);
      const isCommon = (value: string, code: number): boolean => counts[code]! >= common || known[at]?.has(value) === true;
      return classes.values[at]!.map((value, code) => (code === 0 ? MISSING : showValue(column, value, isCommon(value, code))));
    });
  }

  /** The columns that make the classes. */
  get names(): string {
    return this.columns.map(({ name }) => showName(name)).join(', ');
  }

  nameOf(at: number): string {
    return this.columns.map(({ name }, column) => `${showName(name)}=${this.shown[column]![this.classes.codes[column]![at]!]!}`).join(', ');
  }

  /** Whether the cases of a class have no value in some column. */
  hasGaps(at: number): boolean {
    return this.classes.codes.some((codes) => codes[at] === 0);
  }

  /** The class in a form that is never shown: what a waiver binds to. */
  contentOf(at: number): string {
    return JSON.stringify(this.columns.map(({ name }, column) => [name, this.valueOf(column, at)]));
  }

  /** Orders classes by their values. */
  compare(a: number, b: number): number {
    for (const codes of this.classes.codes) if (codes[a] !== codes[b]) return codes[a]! - codes[b]!;
    return 0;
  }

  private valueOf(column: number, at: number): string | null {
    const code = this.classes.codes[column]![at]!;
    return code === 0 ? null : this.classes.values[column]![code]!;
  }
}

function showValue(column: ViewColumn, value: string, common: boolean): string {
  const number = Number(value);
  if (column.width !== null && Number.isFinite(number)) return rangeWords(number, column.width);
  if (isNumeric(column.schema) && Number.isFinite(number)) return String(number);
  const closed = column.schema?.enum?.some((allowed) => String(allowed) === value) === true || column.schema?.type === 'boolean' || (value.length <= DIGITS_SHOWN && /^[0-9]+$/.test(value));
  return closed || common ? showName(value) : maskSecret(value);
}

/** `30-39` where all numbers are whole, else `[1.5,2)`. */
function rangeWords(from: number, width: number): string {
  const to = Number((from + width).toPrecision(12));
  if (!Number.isInteger(from) || !Number.isInteger(width)) return `[${from},${to})`;
  return width === 1 ? String(from) : `${from}-${to - 1}`;
}
