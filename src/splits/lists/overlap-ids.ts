import type { OverlapKey, OverlapSource } from '../../model/split-overlap.js';

/** The ids of a source, and the parts each is in. */
export class PartedIds {
  /** Parts of every id, ascending; none when it is in no part. Equal lists are one. */
  readonly partsOf = new Map<string, readonly string[]>();
  /** Entries that named an id again. */
  repeated = 0;
  private readonly lists = new Map<string, readonly string[]>();

  /** Adds an id, once more in another part if need be. */
  add(id: string, part: string | null): void {
    const before = this.partsOf.get(id);
    if (before !== undefined) this.repeated++;
    if (part === null) {
      if (before === undefined) this.partsOf.set(id, this.list([]));
    } else if (before?.includes(part) !== true) {
      this.partsOf.set(id, this.list([...(before ?? []), part]));
    }
  }

  /** The ids of no part put into one. */
  withDefault(part: string): PartedIds {
    const parted = new PartedIds();
    for (const [id, parts] of this.partsOf) for (const each of parts.length === 0 ? [part] : parts) parted.add(id, each);
    parted.repeated = this.repeated;
    return parted;
  }

  private list(parts: string[]): readonly string[] {
    const sorted = parts.sort();
    const key = JSON.stringify(sorted);
    const known = this.lists.get(key);
    if (known === undefined) this.lists.set(key, sorted);
    return known ?? sorted;
  }
}

/** What is compared: its ids by what they are ids of. A source of cases and objects can be met by either. */
export interface OverlapInput {
  name: string;
  kind: OverlapSource['kind'];
  ids: ReadonlyMap<OverlapKey, PartedIds>;
  /** Data set and split that the parts are of; null for files that do not say. */
  origin: { dataset: string; split: string } | null;
  /** Splits of that data set that it lies within, directly or through others, and the other repeats of it. */
  within: readonly string[];
}

const DATA_GUID = /^dg\.[^/]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;
const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** One form of an object id: a data GUID is met with and without the prefix of its commons (`dg.MD1R/`), in any case. */
export function normalizeObjectId(id: string): string {
  const uuid = DATA_GUID.exec(id)?.[1] ?? id;
  return UUID.test(uuid) ? uuid.toLowerCase() : id;
}

/** Whether an id can only be that of an object: a UUID behind the prefix of a data commons. */
export function isDataGuid(id: string): boolean {
  return DATA_GUID.test(id);
}
