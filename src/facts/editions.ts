/** An edition of a standard that facts were taken from. */
export interface Edition {
  /** What was taken, for people. */
  what: string;
  /** File below src/facts. */
  file: string;
  /** Edition of DICOM: year and letter. */
  edition: string;
}

/** The editions that this version judges by; the files say the same of themselves. */
export const EDITIONS: readonly Edition[] = [
  { what: 'the confidentiality profile, PS3.15 table E.1-1', file: 'dicom-deid-profile.json', edition: '2024e' },
  { what: 'the dictionary of attributes, PS3.6', file: 'dicom-attributes.json', edition: '2024e' },
  { what: 'the modules of the objects, PS3.3', file: 'dicom-iod-modules.json', edition: '2024e' },
];

/** Month in which DICOM editions come out, by their letter; five a year. */
const MONTHS: Record<string, number> = { a: 1, b: 4, c: 6, d: 9, e: 11 };

/** Whole months from an edition to a day (YYYY-MM-DD). */
export function editionAge({ edition }: Edition, today: string): number {
  const [year, month] = [Number(edition.slice(0, 4)), MONTHS[edition.slice(4)] ?? 1];
  return (Number(today.slice(0, 4)) - year) * 12 + Number(today.slice(5, 7)) - month;
}
