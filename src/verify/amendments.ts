import { parseAmendment, MAX_AMENDMENT_BYTES } from '../fixity/amendment-file.js';
import { sha256Hex } from '../fixity/digest.js';
import { readRegularFile, UnreadableFileError } from '../fixity/file.js';
import { maskedCase, withdrawalsOf, type AmendedCase, type AmendmentDocument } from '../model/amendment.js';
import type { ReleaseDocument } from '../model/release.js';
import type { AmendmentPlace } from './amendment-places.js';
import { judgeAmendment } from './amendment-signature.js';
import type { Inspection } from './inspection.js';
import type { Told } from './told.js';

interface Accepted {
  shown: string;
  digest: string;
  document: AmendmentDocument;
}

/** An amendment that nobody who counts has signed. */
interface Unvouched {
  number: number;
  /** Tells it as a problem. */
  report(): void;
}

/**
 * Reads amendments, tells of each whether it is acted upon, and returns what those that are say of this copy: the withdrawn cases of
 * all of them together, so that none can take back what another says. One that is damaged, forged or of another dataset is a
 * problem, and nothing follows from it.
 * @returns null when none is about this dataset
 * @throws {CurationError} RELEASE_TOO_NEW
 */
export function readAmendments(inspection: Inspection, release: ReleaseDocument, places: readonly AmendmentPlace[]): Told[] | null {
  const outcomes = places.map((place) => readOne(inspection, release, place)).filter((outcome) => outcome !== 'foreign');
  if (outcomes.length === 0) return null;
  const accepted = outcomes.filter((outcome) => outcome !== null && 'document' in outcome).sort((a, b) => a.document.number - b.document.number);
  const newest = accepted.at(-1)?.document.number ?? 0;
  // what an accepted one came after, signed by a key of those days or by none, says nothing that the newer one does not
  for (const outcome of outcomes) if (outcome !== null && 'report' in outcome && outcome.number >= newest) outcome.report();
  checkSeries(inspection, accepted);
  for (const each of accepted) checkBinding(inspection, release, each);
  noteReach(inspection, release, accepted.at(-1)?.document);
  return accepted.flatMap(({ shown, document }) => toldBy(document, shown, release, inspection.digest));
}

function readOne(inspection: Inspection, release: ReleaseDocument, { path, shown, named }: AmendmentPlace): Accepted | Unvouched | 'foreign' | null {
  const refuse = (message: string): null => {
    inspection.amendments.push({ path: shown, number: null, date: null, digest: null, accepted: false, message });
    inspection.report('amendment-invalid', shown, `Nothing follows from this amendment: ${message}`);
    return null;
  };
  let bytes: Buffer;
  try {
    bytes = readRegularFile(path, MAX_AMENDMENT_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    return refuse(`${error.message}.`);
  }
  const reading = parseAmendment(bytes, shown);
  if ('reason' in reading) return refuse(reading.reason);
  const { document } = reading;
  const { dataset, number, date } = document;
  if (dataset !== release.dataset.id) return named === path || named === shown ? refuse(`It is about the dataset ${dataset.slice(0, 100)}, not about ${release.dataset.id}.`) : 'foreign';
  const digest = sha256Hex(bytes);
  const { accepted, fault, ...trust } = judgeAmendment(inspection, { path, shown, bytes, date });
  inspection.amendments.push({ path: shown, number, date, digest: `sha256:${digest}`, accepted, ...trust });
  if (accepted) return { shown, digest, document };
  const claimed = toldBy(document, shown, release, inspection.digest).length;
  const claim = claimed === 0 ? '' : ` It claims that ${claimed} ${claimed === 1 ? 'case' : 'cases'} of this release ${claimed === 1 ? 'was' : 'were'} withdrawn: ask the publisher.`;
  const report = () => inspection.report(fault ?? 'signature-invalid', shown, `Nothing follows from this amendment: ${trust.message}${claim}`, trust.key === undefined ? {} : { found: trust.key });
  return { number, report };
}

/** Each amendment names the one before and holds all that it holds. */
function checkSeries(inspection: Inspection, accepted: readonly Accepted[]): void {
  for (const [index, { shown, document, digest }] of accepted.entries()) {
    const before = accepted[index - 1];
    if (before === undefined) continue;
    if (before.document.number === document.number) {
      if (before.digest !== digest) inspection.report('chain-broken', shown, `There is another amendment with the number ${document.number}: ${before.shown}.`, { expected: before.digest, found: digest });
      continue;
    }
    const { previous } = document;
    if (previous !== null && previous.number === before.document.number && previous.digest !== before.digest)
      inspection.report('chain-broken', shown, `It was built upon another amendment than ${before.shown}.`, { expected: previous.digest, found: before.digest });
    if (document.withdrawn.length < before.document.withdrawn.length)
      inspection.report('chain-broken', shown, `It names fewer cases than the earlier ${before.shown}; both were heard.`, { expected: `${before.document.withdrawn.length} or more`, found: `${document.withdrawn.length}` });
  }
}

function checkBinding(inspection: Inspection, { version }: ReleaseDocument, { shown, document }: Accepted): void {
  const own = [...document.releases, document.latest].find((each) => each.version === version);
  if (own === undefined || inspection.digest === null || own.digest === inspection.digest) return;
  inspection.report('chain-broken', shown, `It speaks of another release ${version} than this one; the cases that it names were looked for all the same.`, { expected: own.digest, found: inspection.digest });
}

function noteReach(inspection: Inspection, { sequence, version }: ReleaseDocument, newest: AmendmentDocument | undefined): void {
  if (newest === undefined) return;
  const old = sequence > newest.latest.sequence ? `, which is older than the release ${version}` : '';
  inspection.notChecked.push(`Whether more was withdrawn since: the newest amendment here is number ${newest.number} of ${newest.date}${old}. Ask the publisher for the newest one.`);
}

/** All cases of an amendment: those that the release holds by its word, and those that may turn up in the copy all the same. */
function toldBy(document: AmendmentDocument, source: string, { version }: ReleaseDocument, digest: string | null): Told[] {
  const isBound = document.releases.some((each) => each.version === version && each.digest === digest);
  const bound = new Set(isBound ? withdrawalsOf(document, version) : []);
  return document.withdrawn.map((each) => ({ ...describe(each, version), held: bound.has(each), source }));
}

function describe({ case_id, reason, date, replacement, since_version, releases }: AmendedCase, version: string): Omit<Told, 'held' | 'source'> {
  const digests = releases.flatMap(({ case_digest }) => case_digest ?? []);
  const own = releases.find((each) => each.version === version)?.case_digest ?? digests[0];
  return { case_id, name: case_id ?? maskedCase(own ?? ''), digests, reason, date, replacement, since_version };
}
