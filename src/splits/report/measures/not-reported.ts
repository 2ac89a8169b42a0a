/**
 * Values that say that nothing is known, in lower case and without spaces, dots, dashes or underscores: the empty text; "Not
 * Reported" of the MIDRC data dictionary (uc-cdis/midrc_dictionary d7befdab, ten of its enumerations) and "Not reported" of
 * the tables of MIDRC REACT; "Unknown", "Not Allowed To Collect" and "Not Reported" of the GDC and Gen3 dictionaries it comes
 * from; the null flavours of HL7 v3 (ASKU asked but unknown, NASK not asked, UNK unknown, NI no information) in words; N/A.
 */
const NOT_REPORTED: ReadonlySet<string> = new Set(['', 'notreported', 'unreported', 'unknown', 'notallowedtocollect', 'notavailable', 'notasked', 'askedbutunknown', 'noinformation', 'notspecified', 'unspecified', 'missing', 'n/a', 'na', 'nan', 'null']);

/**
 * Whether a category says that the value is not known. Distances are given with such categories and without them: they can
 * change a result fourfold.
 */
export function isNotReported(category: string): boolean {
  return NOT_REPORTED.has(category.toLowerCase().replace(/[\s._-]+/g, ''));
}

/** Codes of the categories that say that nothing is known. */
export function notReportedCodes(categories: readonly string[]): ReadonlySet<number> {
  return new Set(Array.from(categories.keys()).filter((code) => isNotReported(categories[code]!)));
}
