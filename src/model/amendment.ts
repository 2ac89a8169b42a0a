/** The amendment format `colophon-amendment/1`: what is said of published releases after cases of theirs were withdrawn. See releases/README.md. */

import type { ReleaseReference } from './release.js';
import type { WithdrawalReason } from './workspace-files.js';

/** Identifier of the newest amendment format this version writes and reads. */
export const AMENDMENT_FORMAT = 'colophon-amendment/1';

/** Namespace of the signatures over amendments: one over a release is none over an amendment. */
export const AMENDMENT_NAMESPACE = 'colophon-amendment@v1';

/** The folder of amendments, in releases/ and wherever else a copy finds them. */
export const AMENDMENT_FOLDER = 'amendments';

/** Amendments of all versions of a dataset, counted from 1: RFC 8785 canonical JSON. Each holds all that those before it hold. */
export interface AmendmentDocument {
  format: typeof AMENDMENT_FORMAT;
  /** `dataset.id` of the releases. */
  dataset: string;
  /**
   * 1 for the first amendment of the dataset, then counting up without holes.
   * @asType integer
   * @minimum 1
   */
  number: number;
  /**
   * Day on which it was published, YYYY-MM-DD: an input, never the clock at writing.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** The amendment before, or null for the first. */
  previous: AmendmentReference | null;
  /** The newest release when it was written: it speaks of all releases up to this one. */
  latest: AmendedRelease;
  /** The releases that hold a withdrawn case, oldest first. */
  releases: AmendedRelease[];
  /** Cases with an id by their id, then those without by the digest of their first release. */
  withdrawn: AmendedCase[];
}

/** Another amendment of the same dataset, pinned. */
export interface AmendmentReference {
  /**
   * @asType integer
   * @minimum 1
   */
  number: number;
  /**
   * sha256 of its bytes.
   * @pattern ^[0-9a-f]{64}$
   */
  digest: string;
}

/** A release with its release digest, by which a copy of it is known. */
export interface AmendedRelease extends ReleaseReference {
  /**
   * @asType integer
   * @minimum 1
   */
  sequence: number;
}

/** A withdrawn case that at least one release holds. */
export interface AmendedCase {
  /** Null for the reason `phi`, where the id may be what identifies: `case_digest` tells the case to whoever has a copy of it. */
  case_id: string | null;
  /** Class of the reason. */
  reason: WithdrawalReason;
  /**
   * Day of the withdrawal, YYYY-MM-DD.
   * @pattern ^\d{4}-\d{2}-\d{2}$
   */
  date: string;
  /** The released case that takes its place; null when there is none, and always for `phi`. */
  replacement: string | null;
  /** First release without the case; null as long as there is none. */
  since_version: string | null;
  /** The releases that hold it, oldest first. */
  releases: CaseRelease[];
}

/** Where a withdrawn case is. */
export interface CaseRelease {
  /** @pattern ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ */
  version: string;
  /**
   * Its content digest, `digest` of the table `cases` of that release; null where the id is told: it could be tried out on what was withdrawn.
   * @pattern ^[0-9a-f]{64}$
   */
  case_digest: string | null;
}

/** An amendment as `release withdraw`, `list` and `show` tell of it. */
export interface AmendmentSummary {
  number: number;
  date: string;
  /** The file; null when it was only planned. */
  path: string | null;
  /** `sha256:<hex>` of its bytes. */
  digest: string;
  /** Whether a signature lies beside it. */
  signed: boolean;
}

/** Name of an amendment; its signatures are in a file of the same name with `.sig` behind it, as ssh-keygen writes it. */
export function amendmentName(number: number): string {
  return `amendment-${number}.json`;
}

const NAME = /^amendment-([1-9][0-9]{0,8})\.json(?:\.sig)?$/;

/** Whether a file is an amendment, or the signature over one, by its name. */
export function isAmendmentName(name: string): boolean {
  return NAME.test(name);
}

/** The number in the name of an amendment; null for any other name, that of a signature too. */
export function amendmentNumber(name: string): number | null {
  const digits = name.endsWith('.sig') ? undefined : NAME.exec(name)?.[1];
  return digits === undefined ? null : Number(digits);
}

/** What stands for the id of a case that must not be named: in tombstones, changes, and where a copy cannot say which case it is. */
export function maskedCase(digest: string): string {
  return `sha256:${digest}`;
}

/** The cases of one release that were withdrawn after it was published, in the order of the amendment; none without one. */
export function withdrawalsOf(amendment: AmendmentDocument | null, version: string): AmendedCase[] {
  return amendment?.withdrawn.filter(({ releases }) => releases.some((each) => each.version === version)) ?? [];
}

/** What tombstones and tables may call a case of an amendment: its id, or where it must not be named its mask in each release. */
export function caseNames({ case_id, releases }: AmendedCase): string[] {
  if (case_id !== null) return [case_id];
  return releases.flatMap(({ case_digest }) => (case_digest === null ? [] : [maskedCase(case_digest)]));
}
