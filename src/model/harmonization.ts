/**
 * Rules that mend known spellings between the cells as they came (`raw_<table>`) and the typed rows (`clinical_<table>`).
 * A rule reads a cell or leaves it alone; a cell that two rules read differently is left as it is, and told.
 */

/** The section `harmonize` of colophon.yaml. */
export interface HarmonizeConfig {
  /** Rule sets that are on: the name of the schema pack, whose folder holds it as harmonize.json. */
  sets?: string[];
  /** Own rules by `table.column`; `*.column` is that column in every table. */
  rules?: Record<string, HarmonizeRule[]>;
}

/** harmonize.json beside a pack.json: a named, versioned set of rules. */
export interface HarmonizationSet {
  format: 'colophon-harmonization/1';
  /** Name of the pack. */
  name: string;
  version: string;
  /** Rules by `table.column`; `*.column` is that column in every table. */
  rules: Record<string, HarmonizeRule[]>;
}

export type HarmonizeRule = ValuesRule | PrefixRule | ListRule | SeparatorRule | MissingRule | BooleanRule | DateRule | AgeRule | LoincRule;

interface NamedRule {
  /**
   * Name of the rule, unique in its column; its kind by default.
   * @pattern ^[a-z0-9][a-z0-9-]{0,39}$
   */
  name?: string;
}

/** Exact spellings and the terms they stand for: `{M: Male, F: Female}`. */
export interface ValuesRule extends NamedRule {
  kind: 'values';
  values: Record<string, string>;
}

/**
 * Takes a prefix off; not where nothing would be left, or the prefix once more. On a key it goes for all columns that link to it,
 * and for PatientID where it meets that column.
 */
export interface PrefixRule extends NamedRule {
  kind: 'prefix';
  /** @minLength 1 */
  prefix: string;
  /** The cell lists several values, joined by the list separator of the table: each is read by itself. */
  members?: boolean;
}

/** A set written as a list: members between any of the separators, blanks around them and case aside, to ascending terms, each once. */
export interface ListRule extends NamedRule {
  kind: 'list';
  /** Single characters, `,` and `\` for example. */
  separators: string[];
  /** Every term there is, as DICOM writes them (CS); a cell with another member is left as it is. */
  terms: string[];
  /** Between the terms as they are written; by default the list separator of the table. */
  join?: string;
}

/**
 * A list of values in an order that counts, such as `ORIGINAL\PRIMARY`, to the list separator of the table; blanks around members
 * go. A cell with both separators, or with an empty member, is left as it is.
 */
export interface SeparatorRule extends NamedRule {
  kind: 'separator';
  /** A single character, `\` for example. */
  separator: string;
}

/** Spellings that stand for no value, each with the reason that is recorded: `{"999": unknown}`. */
export interface MissingRule extends NamedRule {
  kind: 'missing';
  missing: Record<string, string>;
}

/** Spellings of true and false, to `true` and `false`. */
export interface BooleanRule extends NamedRule {
  kind: 'boolean';
  /** `1`, `Y`, `Yes`, ...; by default `1`. */
  true?: string[];
  /** By default `0`. */
  false?: string[];
}

/** How a date may be written; months by name are English. */
export const DATE_FORMS = ['YYYYMMDD', 'YYYY/M/D', 'M/D/YYYY', 'D/M/YYYY', 'D.M.YYYY', 'Month D, YYYY', 'D Month YYYY', 'D-Mon-YYYY'] as const;

export type DateForm = (typeof DATE_FORMS)[number];

/** Dates to YYYY-MM-DD (ISO 8601), where exactly one of the forms reads the cell, or all give the same day. */
export interface DateRule extends NamedRule {
  kind: 'date';
  /** By default all; 03/04/2020 is left as it is unless only one of M/D/YYYY and D/M/YYYY is named. */
  forms?: DateForm[];
}

/**
 * Ages in years: spellings for 90 and more empty the cell and say so in `over`, as 45 CFR 164.514(b)(2)(i)(C) has it; the DICOM age
 * 045Y (PS3.5 6.2, AS) becomes 45. Where `over` is not there or says otherwise, the cell is left as it is.
 */
export interface AgeRule extends NamedRule {
  kind: 'age';
  /** Column that says that the age is withheld because it is above 89. */
  over: string;
  /** What that column then says. */
  over_term: string;
  /** `89+`, `90`, ... */
  spellings: string[];
}

/**
 * Fills an empty LOINC code, and its name, from modality and study description by the table of src/facts, where that gives exactly
 * one code. What it does not know is listed in `unmapped` of the catalog.
 */
export interface LoincRule extends NamedRule {
  kind: 'loinc';
  /** Column with the modalities. */
  modality: string;
  /** Column with the study description. */
  description: string;
  /** Column of the long common name; none is filled when absent. */
  long_name?: string;
}

/** What harmonization did to the loaded tables; part of `pull --json`. */
export interface HarmonizationReport {
  /** Rule sets in force, by name. */
  sets: { name: string; version: string }[];
  /** sha256 over all rules in force. */
  digest: string;
  /** Version of the table of study descriptions. */
  loinc_table: string;
  /** One entry a rule and column that has mended or left cells, by table, column, rule and outcome. */
  rules: HarmonizationCount[];
  /** Rules of colophon.yaml for columns that no loaded table has, `table.column: rule`. */
  idle: string[];
  /** Studies without a LOINC code that the table does not map; null when no rule maps. */
  unmapped: { descriptions: number; rows: number } | null;
}

export interface HarmonizationCount {
  table: string;
  column: string;
  /** `<set>/<name>`, or `own/<name>` for the rules of colophon.yaml. */
  rule: string;
  /** `left`: not mended, for the reason that the catalog gives. */
  outcome: 'mended' | 'left';
  cells: number;
}

/** The rules in force, as a release states them. */
export interface PublishedHarmonization {
  /** Rule sets, by name; empty when only rules of the dataset's own were in force. */
  sets: { name: string; version: string }[];
  /**
   * sha256 over all rules in force.
   * @pattern ^[0-9a-f]{64}$
   */
  digest: string;
  /** Version of the table of study descriptions; absent when no rule uses it. */
  loinc_table?: string;
}
