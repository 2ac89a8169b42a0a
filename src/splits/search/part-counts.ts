/** Above this many counts they are kept by code in a map instead of one array. */
const DENSE_LIMIT = 4_194_304;

/** How much of every code is in every part; most codes may be in none. */
export class PartCounts {
  private readonly dense: Float64Array | null;
  private readonly sparse = new Map<number, Float64Array>();

  /** @param codes Codes are whole numbers below this. */
  constructor(
    codes: number,
    private readonly parts: number,
  ) {
    this.dense = codes * parts <= DENSE_LIMIT ? new Float64Array(codes * parts) : null;
  }

  add(code: number, part: number, amount: number): void {
    if (this.dense !== null) {
      const at = code * this.parts + part;
      this.dense[at] = this.dense[at]! + amount;
      return;
    }
    let counts = this.sparse.get(code);
    if (counts === undefined) this.sparse.set(code, (counts = new Float64Array(this.parts)));
    counts[part] = counts[part]! + amount;
  }

  get(code: number, part: number): number {
    return this.dense === null ? (this.sparse.get(code)?.[part] ?? 0) : this.dense[code * this.parts + part]!;
  }

  /** Visits what is not 0. */
  forEach(visit: (code: number, part: number, amount: number) => void): void {
    const { dense, parts } = this;
    if (dense === null) for (const [code, counts] of this.sparse) counts.forEach((amount, part) => amount > 0 && visit(code, part, amount));
    else for (let at = 0; at < dense.length; at++) if (dense[at]! > 0) visit(Math.floor(at / parts), at % parts, dense[at]!);
  }
}
