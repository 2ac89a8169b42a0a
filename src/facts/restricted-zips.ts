/** Three-digit zip prefixes whose area holds 20,000 people or fewer by the census of 2000 (OCR guidance of 26 November 2012). */
const CENSUS_2000 = '036 059 063 102 203 556 692 790 821 823 830 831 878 879 884 890 893';
/** The same by the tabulation areas of 2020; see safe-harbor.md. */
const CENSUS_2020 = '036 059 102 202 203 204 205 369 556 692 753 772 821 823 878 879 884 893';

/** Prefixes that have to become 000 (45 CFR 164.514(b)(2)(i)(B)), ascending: those of either census. */
export const RESTRICTED_ZIPS: readonly string[] = [...new Set([...CENSUS_2000.split(' '), ...CENSUS_2020.split(' ')])].sort();

/** Prefixes that no civilian place has: 001 to 004, and 090 to 098 of the armed forces. */
export const PLACELESS_ZIPS: readonly string[] = ['001', '002', '003', '004', '090', '091', '092', '093', '094', '095', '096', '097', '098'];
