/** A case that a replay puts elsewhere than the release has it. */
export interface ReplayDifference {
  case_id: string;
  /** Part in the release; null when it is in none. */
  released: string | null;
  /** Part that was drawn now; null for none. */
  drawn: string | null;
}

/** A part of the input that is not what it was. */
export interface InputDifference {
  what: 'settings' | 'cases' | 'links' | 'frozen' | 'rules' | 'values';
  /** The variable, for `values`. */
  variable?: string;
  message: string;
}

/** `split assign --replay --json`: the last draw of a published split, made again from the release's own tables. */
export interface ReplayReport {
  split: string;
  release: { dataset: string; version: string; /** `sha256:<hex>` */ digest: string };
  algorithm: string;
  effort: string;
  seed: string;
  /** Whether every case is where it was, and the input is what it was. */
  identical: boolean;
  /** Cases that were drawn from. */
  cases: number;
  /** Of these, placed by earlier draws: taken as they are. */
  given: number;
  /** Of these, placed by the draw that was made again. */
  drawn: number;
  /** All differences, counted, and the first of them by case id. */
  total_differences: number;
  differences: ReplayDifference[];
  input: InputDifference[];
  /** What to know, a sentence each. */
  notes: string[];
}
