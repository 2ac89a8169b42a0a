/** How many values an attribute may have. */
export interface Multiplicity {
  least: number;
  /** Infinity: no bound. */
  most: number;
  /** Numbers of values between are multiples of this. */
  step: number;
}

const parsed = new Map<string, Multiplicity>();

/** Reads a value multiplicity of the dictionary (PS3.6): `1`, `1-3`, `1-n`, `2-2n`, `1-n or 1`. */
export function parseMultiplicity(text: string): Multiplicity {
  let multiplicity = parsed.get(text);
  if (multiplicity === undefined) {
    const ranges = text.split(' or ').map(parseRange);
    multiplicity = { least: Math.min(...ranges.map(({ least }) => least)), most: Math.max(...ranges.map(({ most }) => most)), step: Math.min(...ranges.map(({ step }) => step)) };
    parsed.set(text, multiplicity);
  }
  return multiplicity;
}

function parseRange(text: string): Multiplicity {
  const [from = '1', to = from] = text.split('-');
  const least = Number.parseInt(from, 10);
  if (!to.endsWith('n')) return { least, most: Number.parseInt(to, 10), step: 1 };
  return { least, most: Number.POSITIVE_INFINITY, step: to === 'n' ? 1 : Number.parseInt(to, 10) };
}

/** Whether so many values are allowed; none always are: that is a matter of types. */
export function allowsCount({ least, most, step }: Multiplicity, count: number): boolean {
  return count === 0 || (count >= least && count <= most && count % step === 0);
}
