import { unsafePathReason } from '../../fixity/safe-path.js';
import type { Examination } from './examination.js';

/** What lists say of a file. */
export interface Claim {
  path: string;
  /** The path without any decoding, where it is another one: some writers encode nothing, some readers decode nothing. */
  raw: string | null;
  size_bytes: number | null;
  /** Algorithms of node:crypto and lower-case hex digests, as they came. */
  digests: [algorithm: string, digest: string][];
  /** Path of the file that it is about; null as long as none was found. */
  place: string | null;
}

/** What one line of a list says. */
export interface ClaimLine {
  path: string;
  raw?: string;
  size_bytes?: number;
  algorithm?: string;
  digest?: string;
}

const NO_DIGESTS: Claim['digests'] = [];

/** Malformed lines of a list that are reported one by one; the rest is counted. */
const MAX_REPORTED = 100;

/** The files that lists speak of, by path; a path that may not be joined to a folder gets none. About 500 bytes a file. */
export class ClaimList {
  readonly claims = new Map<string, Claim>();
  readonly #malformed = new Map<string, number>();

  constructor(readonly examination: Examination) {}

  /** Adds what a line says; says whether the path was new to the list, given again with the same digest, or with another one. */
  add({ path, raw, size_bytes, algorithm, digest }: ClaimLine, list: string, line: number): 'new' | 'again' | 'conflict' | 'unsafe' {
    const reason = unsafePathReason(path);
    if (reason !== null) {
      this.examination.report('unsafe-path', path, `${list} names in line ${line} a path that ${reason}; nothing was looked up there.`);
      return 'unsafe';
    }
    const known = this.claims.get(path);
    const claim = known ?? { path, raw: raw === undefined || raw === path ? null : raw, size_bytes: null, digests: NO_DIGESTS, place: null };
    if (known === undefined) this.claims.set(path, claim);
    const outcome = this.#addSize(claim, size_bytes) && this.#addDigest(claim, algorithm, digest);
    if (outcome === false) {
      this.examination.report('duplicate', path, `${list} says another thing about it in line ${line}.`);
      return 'conflict';
    }
    return outcome;
  }

  /** A line of a list that has another form. */
  malformed(list: string, line: number, what = 'does not have the form of this list'): void {
    const count = (this.#malformed.get(list) ?? 0) + 1;
    this.#malformed.set(list, count);
    if (count <= MAX_REPORTED) this.examination.report('manifest-malformed', list, `Line ${line} ${what}.`);
  }

  /** Reports what was only counted. */
  finish(): void {
    for (const [list, count] of this.#malformed) if (count > MAX_REPORTED) this.examination.report('manifest-malformed', list, `${count - MAX_REPORTED} more lines are malformed.`);
  }

  #addSize(claim: Claim, size_bytes: number | undefined): boolean {
    if (size_bytes === undefined) return true;
    if (claim.size_bytes !== null && claim.size_bytes !== size_bytes) return false;
    claim.size_bytes = size_bytes;
    return true;
  }

  #addDigest(claim: Claim, algorithm: string | undefined, digest: string | undefined): 'new' | 'again' | false {
    if (algorithm === undefined || digest === undefined) return 'new';
    const known = claim.digests.find(([name]) => name === algorithm);
    if (known !== undefined) return known[1] === digest ? 'again' : false;
    // an array that is pushed to takes room for sixteen more, a million times
    claim.digests = [...claim.digests, [algorithm, digest]];
    return 'new';
  }
}
