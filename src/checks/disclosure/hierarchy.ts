/** A way to publish a column more coarsely than it is. */
export interface Level {
  /** What would be done, in a few words: `age_at_index in classes of 20`; empty when nothing. */
  words: string;
  /** Code of the coarser value by code of the value; 0 stays 0 (missing) but where the column is left out. */
  map: Uint32Array;
  /** Number of coarser values, the missing one included. */
  size: number;
  /** Share of the column's information (Shannon entropy) that is lost, 0 to 1. */
  loss: number;
}

/** What a hierarchy is made for. */
export interface HierarchyColumn {
  name: string;
  /** Texts by code; code 0 is the missing value. */
  values: readonly string[];
  /** Cases by code. */
  counts: Uint32Array;
  /** Numbers: width of their classes now, 0 when exact. Digits: compared by their leading ones. Words: by themselves. */
  kind: { of: 'numbers'; width: number } | { of: 'digits' } | { of: 'words' };
}

/** Widths that people like: these, times powers of ten. */
const WIDTHS = [1, 2, 5];

/** Most widths that are tried. */
const WIDTHS_MAX = 5;

/** Shares of the cases below which values are merged into one. */
const RARE_SHARES = [0.01, 0.05];

/**
 * The levels of a column from as it is to left out, each with fewer values than the one before: numbers in wider classes,
 * codes of digits by fewer of them, words with the rare ones merged.
 * @param rare A value held by fewer cases than this is rare.
 */
export function hierarchyOf(column: HierarchyColumn, rare: number): Level[] {
  const finest = identity(column.values.length);
  const steps = column.kind.of === 'numbers' ? wider(column, column.kind.width) : column.kind.of === 'digits' ? shorter(column) : merged(column, rare);
  const left = { words: `${column.name} left out`, map: new Uint32Array(column.values.length), size: 1 };
  const base = entropy(column.counts);
  const levels: Level[] = [];
  for (const step of [{ words: '', map: finest, size: column.values.length }, ...steps, left]) {
    const loss = base === 0 ? 0 : Math.max(0, 1 - entropy(coarser(column.counts, step)) / base);
    // A step that puts no two values together is no step.
    if (levels.length === 0 || step.size < levels.at(-1)!.size) levels.push({ ...step, loss });
  }
  return levels;
}

type Step = Omit<Level, 'loss'>;

function identity(size: number): Uint32Array {
  return Uint32Array.from({ length: size }, (_, code) => code);
}

function coarser(counts: Uint32Array, { map, size }: Step): Uint32Array {
  const sums = new Uint32Array(size);
  for (const [code, count] of counts.entries()) sums[map[code]!]! += count;
  return sums;
}

/** In bits. */
function entropy(counts: Uint32Array): number {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return counts.reduce((sum, count) => (count === 0 ? sum : sum - (count / total) * Math.log2(count / total)), 0);
}

/** Groups values by a text each; the missing one stays by itself. */
function grouped(words: string, values: readonly string[], keyOf: (value: string, code: number) => string): Step {
  const codes = new Map<string, number>();
  const map = new Uint32Array(values.length);
  for (const [code, value] of values.entries()) {
    if (code === 0) continue;
    const key = keyOf(value, code);
    const known = codes.get(key) ?? codes.size + 1;
    codes.set(key, known);
    map[code] = known;
  }
  return { words, map, size: codes.size + 1 };
}

function wider({ name, values }: HierarchyColumn, width: number): Step[] {
  const numbers = values.slice(1).map(Number).filter(Number.isFinite);
  if (numbers.length === 0) return [];
  const range = numbers.reduce((most, value) => Math.max(most, value), -Infinity) - numbers.reduce((least, value) => Math.min(least, value), Infinity);
  return widthsBetween(width, range).map((each) =>
    grouped(`${name} in classes of ${each}`, values, (value) => (Number.isFinite(Number(value)) ? String(Math.floor(Number(value) / each + 1e-9)) : value)),
  );
}

/** Round widths above the present one, multiples of it, and no greater than the range; at most five. */
function widthsBetween(width: number, range: number): number[] {
  const least = width > 0 ? width : range / 100;
  if (!(least > 0) || !Number.isFinite(range)) return [];
  const widths: number[] = [];
  for (let power = Math.floor(Math.log10(least)); 10 ** power <= range; power++)
    for (const step of WIDTHS) {
      const candidate = Number((step * 10 ** power).toPrecision(6));
      if (candidate > least && candidate <= range && (width === 0 || isMultiple(candidate, width))) widths.push(candidate);
    }
  return widths.slice(-WIDTHS_MAX);
}

function isMultiple(value: number, of: number): boolean {
  return Math.abs(value / of - Math.round(value / of)) < 1e-9;
}

function shorter({ name, values }: HierarchyColumn): Step[] {
  const longest = values.reduce((most, value) => Math.max(most, value.length), 0);
  return Array.from({ length: longest - 1 }, (_, at) => longest - 1 - at).map((length) =>
    grouped(`${name} by its first ${length === 1 ? 'digit' : `${length} digits`}`, values, (value) => value.slice(0, length)),
  );
}

/** Values of few cases become one, which holds no fewer than `rare` cases if need be by the next rarest. */
function merged({ name, values, counts }: HierarchyColumn, rare: number): Step[] {
  const cases = counts.reduce((sum, count) => sum + count, 0);
  const ascending = values.map((_, code) => code).slice(1).sort((a, b) => counts[a]! - counts[b]! || a - b);
  const bounds = [rare, ...RARE_SHARES.map((share) => share * cases).filter((bound) => bound > rare)];
  return bounds.flatMap((bound) => {
    const few = ascending.filter((code) => counts[code]! < bound);
    let held = few.reduce((sum, code) => sum + counts[code]!, 0);
    while (few.length > 0 && held < rare && few.length < ascending.length) held += counts[few[few.length] = ascending[few.length]!]!;
    if (few.length < 2) return [];
    const group = new Set(few);
    return [grouped(`${name} with its ${few.length} rarest values merged`, values, (value, code) => (group.has(code) ? '' : ` ${value}`))];
  });
}
