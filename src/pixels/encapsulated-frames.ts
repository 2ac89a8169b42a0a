import type { Fragment } from '../dicom/data-set.js';

/** Bytes of an item's tag and length, before its value. */
const ITEM_HEADER_BYTES = 8;

/** What frames are told apart by. */
export interface Encapsulation {
  /** Fragments behind the Basic Offset Table, in the order of the file; offsets are of their values. */
  fragments: readonly Fragment[];
  /** Offsets of the frames from the first fragment's item (PS3.5 A.4, or (7FE0,0001)); empty: not stated. */
  offsets: readonly number[];
  frames: number;
  /** First bytes of a fragment's value. */
  head(fragment: Fragment): Buffer;
}

/**
 * The fragments of every frame (PS3.5 A.4): by the offset table, else one fragment a frame, else a frame begins where a
 * bitstream begins. Null when none of these gives as many frames as there are.
 */
export function groupFragments({ fragments, offsets, frames, head }: Encapsulation): Fragment[][] | null {
  if (fragments.length < frames) return null;
  if (frames === 1) return [[...fragments]];
  if (fragments.length === frames) return fragments.map((fragment) => [fragment]);
  return cutAtOffsets(fragments, offsets, frames) ?? cutAtStarts(fragments, frames, head);
}

function cutAtOffsets(fragments: readonly Fragment[], offsets: readonly number[], frames: number): Fragment[][] | null {
  const [first] = fragments;
  if (offsets.length !== frames || first === undefined) return null;
  const origin = first.offset - ITEM_HEADER_BYTES;
  const frameAt = new Map(offsets.map((offset, index) => [origin + offset, index]));
  return cut(fragments, frames, ({ offset }) => frameAt.has(offset - ITEM_HEADER_BYTES));
}

/** A JPEG picture begins with SOI, a JPEG 2000 codestream with SOC. */
function cutAtStarts(fragments: readonly Fragment[], frames: number, head: Encapsulation['head']): Fragment[][] | null {
  return cut(fragments, frames, (fragment) => {
    const [first, second] = head(fragment);
    return first === 0xff && (second === 0xd8 || second === 0x4f);
  });
}

function cut(fragments: readonly Fragment[], frames: number, begins: (fragment: Fragment) => boolean): Fragment[][] | null {
  const groups: Fragment[][] = [];
  for (const fragment of fragments) {
    if (begins(fragment)) groups.push([fragment]);
    else if (groups.length === 0) return null;
    else groups.at(-1)?.push(fragment);
  }
  return groups.length === frames ? groups : null;
}
