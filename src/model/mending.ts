/** How single cells are mended: what the rules of src/clinical/harmonization tell the catalog, which asks about each distinct text once. */

/** What one rule makes of a cell that it has read. */
export interface Read {
  /** Null: the cell holds no value. */
  to: string | null;
  /** Why it holds none. */
  reason?: string;
  /** An age above 89: the column beside it says so instead. */
  over?: true;
  /** What the catalog names in the place of the two texts, when they could single out a person. */
  masked?: { from: string; to: string };
}

/** What becomes of a cell that rules are about. */
export type Mending = { outcome: 'mended'; rule: string; read: Read } | { outcome: 'left'; rule: string; reason: string };

/** A condition that holds at least for every text that a rule does something about: the others need not be asked about. */
export type Candidates = { in: readonly string[] } | { notIn: readonly string[] } | { startsWith: string } | { contains: string } | { matches: string };

/** How one column of a table is mended. */
export interface ColumnMending {
  column: string;
  /** One of these holds for every cell that `mend` does something about. */
  candidates: readonly Candidates[];
  /** Pure; null: the cell stays as it is. */
  mend(text: string): Mending | null;
  /** Holds keys, which name persons: the catalog lists none of them. */
  isKey: boolean;
  /** Column that says of an age that it is above 89, and its word for it. */
  over?: { column: string; term: string };
}

/** An empty LOINC code that is filled by modality and study description. */
export interface LoincMending {
  rule: string;
  code: string;
  modality: string;
  description: string;
  /** Null: no name is filled. */
  longName: string | null;
}

/** How one table is mended. */
export interface TableMending {
  /** sha256 over all rules in force. */
  digest: string;
  columns: readonly ColumnMending[];
  loinc: LoincMending | null;
  /** Between the members of a list cell. */
  listSeparator: string;
}
