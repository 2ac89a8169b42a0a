import { AMENDMENT_NAMESPACE, amendmentName, maskedCase, withdrawalsOf, type AmendedCase, type AmendmentDocument } from '../../model/amendment.js';

/** Cases that a NOTICE names; the amendment names all. */
const MAX_NAMED = 200;

/**
 * The NOTICE of a release that holds withdrawn cases: what an amendment says of it, for somebody who opens the folder. It is
 * the only file of a published release that comes later; no manifest lists it, and `verify` believes nothing in it.
 * @param digest sha256 of the amendment
 */
export function formatNotice(document: AmendmentDocument, digest: string, version: string): string {
  const cases = withdrawalsOf(document, version);
  const more = cases.length > MAX_NAMED ? [`  and ${cases.length - MAX_NAMED} more: the amendment has them all`] : [];
  const one = cases.length === 1;
  return [
    `${cases.length} ${one ? 'case' : 'cases'} of ${document.dataset} ${version} ${one ? 'was' : 'were'} WITHDRAWN after it was published.`,
    '',
    `Stop using ${one ? 'it' : 'them'}, and destroy your copies of ${one ? 'its' : 'their'} images and rows. The files of this release never change;`,
    'what was withdrawn is said by an amendment:',
    '',
    `  ../amendments/${amendmentName(document.number)}, of ${document.date}`,
    `  sha256 ${digest}`,
    '',
    'Which files of a copy must go:  colophon verify COPY --amendments AMENDMENT',
    `Who signed the amendment:       ssh-keygen -Y verify -n ${AMENDMENT_NAMESPACE} ... < AMENDMENT`,
    '',
    'Withdrawn (case, class of the reason, day, what takes its place):',
    ...cases.slice(0, MAX_NAMED).map((each) => `  ${describe(each, version)}`),
    ...more,
    '',
  ].join('\n');
}

function describe({ case_id, reason, date, replacement, since_version, releases }: AmendedCase, version: string): string {
  const digest = releases.find((each) => each.version === version)?.case_digest ?? null;
  const name = case_id ?? (digest === null ? 'a case without a name' : `the case whose digest in data/tables/cases.parquet is ${maskedCase(digest)}`);
  return [name, reason, date, ...(replacement === null ? [] : [`replaced by ${replacement}`]), ...(since_version === null ? [] : [`not in ${since_version} and later`])].join(', ');
}
