import { readFacts } from '../facts/fact-file.js';

interface RootFacts {
  vendor: Record<string, string>;
  reissued: Record<string, string>;
}

/** UIDs that the standard itself assigns (PS3.6 A). */
const STANDARD_ROOT = '1.2.840.10008';
/** UIDs made of a UUID (PS3.5 B.2): nobody's root. */
const UUID_ROOT = '2.25';

/** Which UIDs a released file may have. */
export class UidRoots {
  private readonly vendors: readonly string[];
  private readonly reissued: readonly string[];

  /** @param allowed roots of the policy; empty: any but those of vendors */
  constructor(private readonly allowed: readonly string[]) {
    const facts = readFacts<RootFacts>('uid-roots.json');
    this.vendors = Object.keys(facts.vendor);
    this.reissued = Object.keys(facts.reissued);
  }

  /** Whether a UID may stand for what a de-identifier has to number anew. */
  mayStay(uid: string): boolean {
    if (isUnder(uid, STANDARD_ROOT) || isUnder(uid, UUID_ROOT)) return true;
    return this.allowed.length > 0 ? this.allowed.some((root) => isUnder(uid, root)) : !this.vendors.some((root) => isUnder(uid, root));
  }

  /** Whether its owner says that a UID is made by a de-identifier: the policy's roots and those of known tools. */
  isReissued(uid: string): boolean {
    return this.allowed.some((root) => isUnder(uid, root)) || this.reissued.some((root) => isUnder(uid, root));
  }
}

/** Whether the standard assigns a UID. */
export function isStandardUid(uid: string): boolean {
  return isUnder(uid, STANDARD_ROOT);
}

function isUnder(uid: string, root: string): boolean {
  return uid.startsWith(root) && (uid.length === root.length || uid[root.length] === '.');
}
