/** A licence id of the SPDX list, or what looks like one: no expression of several, and no LicenseRef of one's own. */
const SPDX_ID = /^(?!LicenseRef-|DocumentRef-)[A-Za-z0-9][A-Za-z0-9.+-]*$/;

/** Where the text of a licence is: its page in the SPDX list; null for an expression, or a licence that is not in the list. */
export function licenseLink(license: string): string | null {
  return SPDX_ID.test(license) ? `https://spdx.org/licenses/${license}.html` : null;
}
