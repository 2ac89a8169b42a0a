import type { BalanceVariable } from '../model/config.js';
import { compileBins } from './bins.js';
import type { CellValue } from './variable.js';

const NONE: readonly string[] = [];

/** Gathers the values of one variable per case: several rows or values of a case become a set, equal sets one object. */
export class CaseSets {
  private readonly found: (readonly string[] | undefined)[];
  private readonly parsed = new Map<unknown, readonly string[]>();
  private readonly interned = new Map<string, readonly string[]>();

  /** @param indexOf Place of every case in the result; values of other cases are passed over. */
  constructor(
    private readonly indexOf: ReadonlyMap<string, number>,
    private readonly parse: (value: unknown) => readonly string[],
  ) {
    this.found = Array.from({ length: indexOf.size });
  }

  add(caseId: string, value: unknown): void {
    const index = this.indexOf.get(caseId);
    if (index === undefined || value === null) return;
    const before = this.found[index];
    const set = this.parseOnce(value);
    if (before === undefined || before === NONE) this.found[index] = set;
    else if (set !== before) this.found[index] = this.intern([...before, ...set]);
  }

  /** One value a case: what was found, else what `fallback` found, else '' for missing. */
  values(fallback?: CaseSets): CellValue[] {
    return Array.from({ length: this.found.length }, (_, index) => {
      const own = this.found[index] ?? NONE;
      const set = own.length > 0 ? own : (fallback?.found[index] ?? NONE);
      return set.length > 1 ? set : (set[0] ?? '');
    });
  }

  private parseOnce(value: unknown): readonly string[] {
    const key = Array.isArray(value) ? JSON.stringify(value) : value;
    let set = this.parsed.get(key);
    if (set === undefined) this.parsed.set(key, (set = this.intern(this.parse(value))));
    return set;
  }

  private intern(texts: readonly string[]): readonly string[] {
    if (texts.length === 0) return NONE;
    const distinct = [...new Set(texts)].sort((a, b) => (a < b ? -1 : 1));
    const key = JSON.stringify(distinct);
    const known = this.interned.get(key);
    if (known === undefined) this.interned.set(key, distinct);
    return known ?? distinct;
  }
}

/** Reads a cell as its categories: list members, separated values, binned numbers; none when it is empty. */
export function compileCellParser({ bins, separator }: Pick<BalanceVariable, 'bins' | 'separator'>): (value: unknown) => string[] {
  const bin = bins === undefined ? (text: string) => text : compileBins(bins);
  return (value) => {
    const members: unknown[] = Array.isArray(value) ? value : [value];
    const texts = members.map((member) => (member === null ? '' : String(member)));
    const single = separator === undefined ? texts : texts.flatMap((text) => text.split(separator).map((part) => part.trim()));
    return single.filter((text) => text !== '').map(bin);
  };
}
