/** Above this many codes, and more than the groups can fill, a block's codes are kept in a map instead of an array. */
const DENSE_CODES_LIMIT = 4_194_304;

/** Places for the codes of a block: the code itself while there are few, else numbers given by first appearance. */
export class CodeSlots {
  readonly dense: boolean;
  private readonly slots = new Map<number, number>();

  /** @param codes Codes are whole numbers below this. */
  constructor(private readonly codes: number) {
    this.dense = codes <= DENSE_CODES_LIMIT;
  }

  /** The place of a code, a new one when it has none yet. */
  add(code: number): number {
    if (this.dense) return code;
    const known = this.slots.get(code);
    if (known !== undefined) return known;
    this.slots.set(code, this.slots.size);
    return this.slots.size - 1;
  }

  /** The place of a code that was added. */
  get(code: number): number {
    return this.dense ? code : this.slots.get(code)!;
  }

  /** The place of any code; undefined when it has none. */
  find(code: number): number | undefined {
    return this.dense ? code : this.slots.get(code);
  }

  /** Visits the places in the order of their codes. */
  forEachAscending(visit: (slot: number) => void): void {
    if (this.dense) for (let code = 0; code < this.codes; code++) visit(code);
    else for (const code of [...this.slots.keys()].sort((a, b) => a - b)) visit(this.slots.get(code)!);
  }
}
