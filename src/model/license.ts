/**
 * What a licence asks of those who use the data, least first, for the licences that datasets have (SPDX ids without their
 * version). A licence allows whatever another one allows when its demands are a part of the other's.
 */
const DEMANDS: Record<string, readonly string[]> = {
  'CC0': [],
  'PDDL': [],
  'Unlicense': [],
  'CC-BY': ['attribution'],
  'ODC-By': ['attribution'],
  'CDLA-Permissive': ['attribution'],
  'CC-BY-SA': ['attribution', 'share-alike'],
  'ODbL': ['attribution', 'share-alike'],
  'CC-BY-ND': ['attribution', 'no-derivatives'],
  'CC-BY-NC': ['attribution', 'non-commercial'],
  'CC-BY-NC-SA': ['attribution', 'non-commercial', 'share-alike'],
  'CC-BY-NC-ND': ['attribution', 'no-derivatives', 'non-commercial'],
};

/**
 * Whether a change of licence (SPDX ids) may forbid what was allowed. True whenever that cannot be excluded, as for
 * licences that are not known here.
 */
export function mayBeStricter(before: string, after: string): boolean {
  const [was, is] = [demandsOf(before), demandsOf(after)];
  return was === undefined || is === undefined || !is.every((demand) => was.includes(demand));
}

function demandsOf(license: string): readonly string[] | undefined {
  const family = license.replace(/-[0-9]+(?:\.[0-9]+)*$/, '');
  return Object.hasOwn(DEMANDS, family) ? DEMANDS[family] : undefined;
}

/** A licence id of the SPDX list, or what looks like one: no expression of several, and no LicenseRef of one's own. */
const SPDX_ID = /^(?!LicenseRef-|DocumentRef-)[A-Za-z0-9][A-Za-z0-9.+-]*$/;

/** Where the text of a licence is: its page in the SPDX list; null for an expression, or a licence that is not in the list. */
export function licenseLink(license: string): string | null {
  return SPDX_ID.test(license) ? `https://spdx.org/licenses/${license}.html` : null;
}
