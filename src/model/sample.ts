/** What a sample came to, against what it should be. */
export interface SampleReport {
  /** Cases in the sample. */
  size: number;
  /** No sample within the tolerance has more cases; null when the configuration gives the size, or none could be told. */
  largest: number | null;
  /** Cases that could be in the sample and are not. */
  unused: number;
  /** Cases that cannot be in it: they, or cases linked to them, have a value that a target does not name. */
  excluded: number;
  /** How far a share may be from its target, 0..1. */
  tolerance: number;
  /** The file that gave targets; null when the configuration gives them all. */
  reference: { source: string; sha256: string } | null;
  /** The category whose supply allows the fewest cases in a sample; null when none limits it. */
  scarcest: { variable: string; category: string; allows: number } | null;
  /** By column, or columns with ` × ` between them. */
  variables: Record<string, SampleVariable>;
}

export interface SampleVariable {
  /** Largest |share - target| of a category, 0..1. */
  max_deviation: number;
  /** Cases whose value the target does not name. */
  unnamed: number;
  categories: SampleCategory[];
}

export interface SampleCategory {
  category: string;
  /** Share of the sample that it should have, 0..1. */
  target: number;
  /** Share that it has, 0..1; 0 for an empty sample. */
  share: number;
  /** Cases in the sample. */
  cases: number;
  /** Cases that can be in a sample. */
  available: number;
  /** Cases that a sample can have at most, so that these are enough for the target less the tolerance; null: any number. */
  allows: number | null;
}
