import { KEPT_ATTRIBUTES } from '../model/header.js';
import { type ElementCursor, UNDEFINED_LENGTH, vrCode } from './element-cursor.js';
import { MAX_VALUE_BYTES, ORDER_CHECK_BYTES } from './limits.js';
import { mayBeUndefined, skipUndefined, type Passing } from './sequence.js';

const KEPT_TAGS = KEPT_ATTRIBUTES.map(({ tag }) => Number.parseInt(tag, 16));
const LAST_KEPT_TAG = Math.max(...KEPT_TAGS);
/** Kept tags ascending, with a sentinel no tag reaches, and where each stands in KEPT_ATTRIBUTES. */
const BY_TAG = KEPT_TAGS.map((tag, index) => ({ tag, index })).sort((a, b) => a.tag - b.tag);
const SORTED_TAGS = [...BY_TAG.map(({ tag }) => tag), Infinity];
const SORTED_INDEXES = BY_TAG.map(({ index }) => index);

const SQ = vrCode('SQ');
const FIRST_PIXEL_GROUP = 0x7fe0;

/** Where the kept values of one data set lie; entries follow KEPT_ATTRIBUTES. */
export interface KeptElements {
  /** Offset of the value, -1 when the attribute is absent. */
  starts: number[];
  /** Length of the value in bytes. */
  lengths: number[];
  /** `vrCode` written in the file, 0 when it wrote none. */
  vrs: number[];
  /** Index of an attribute that is there but is a sequence or longer than MAX_VALUE_BYTES, else -1; its value is not kept. */
  unfit: number;
  /** Whether a whole top-level element was met at all. */
  any: boolean;
}

/** Where a scan ended. */
export interface ScanEnd {
  /**
   * `stopped`: no kept attribute can follow. `at-end`: the bytes end between two elements. `ran-out`: they end inside one.
   * `malformed`: at something no encoding allows.
   */
  kind: 'stopped' | 'at-end' | 'ran-out' | 'malformed';
  /** Of `ran-out`: the offset at which the element declares to end; Infinity when it does not say. */
  needs: number;
}

const STOPPED: ScanEnd = { kind: 'stopped', needs: 0 };

const ABSENT = KEPT_TAGS.map(() => -1);

/** An empty record of kept values. Copied arrays, not typed ones: those cost a tenth of the whole reading. */
export function noKeptElements(): KeptElements {
  return { starts: ABSENT.slice(), lengths: ABSENT.slice(), vrs: ABSENT.slice(), unfit: -1, any: false };
}

/**
 * Walks the top level of a data set from `cursor` up to the pixels and notes in `kept` where the kept values lie.
 * Of an attribute that is there twice the first counts, as in dcmtk; sequences are jumped over, never entered.
 */
export function findKeptElements(cursor: ElementCursor, kept: KeptElements): ScanEnd {
  let next = 0; // index into SORTED_TAGS: both lists ascend, so one pass merges them
  let previousTag = -1;
  let pastLast = false;
  for (;;) {
    const at = cursor.position;
    if (!cursor.readElement()) {
      if (pastLast && cursor.end >= ORDER_CHECK_BYTES) return STOPPED;
      return { kind: isPadding(cursor, at) ? 'at-end' : 'ran-out', needs: Infinity };
    }
    if (cursor.group >= FIRST_PIXEL_GROUP && cursor.group !== 0xfffe) return STOPPED;
    const tag = cursor.group * 0x10000 + cursor.element;
    if (tag > LAST_KEPT_TAG && !pastLast) {
      pastLast = true;
      cursor.end = Math.min(cursor.end, ORDER_CHECK_BYTES);
    }
    if (tag < previousTag) next = 0;
    previousTag = tag;
    while ((SORTED_TAGS[next] as number) < tag) next += 1;
    const index = SORTED_TAGS[next] === tag ? (SORTED_INDEXES[next] as number) : -1;
    const undefinedLength = cursor.length === UNDEFINED_LENGTH;
    const declaredEnd = undefinedLength ? Infinity : cursor.position + cursor.length;
    const passing = undefinedLength ? passUndefined(cursor, kept, index) : passDefined(cursor, kept, index);
    if (passing !== 'done') {
      return passing === 'ran-out' && pastLast && cursor.end >= ORDER_CHECK_BYTES ? STOPPED : { kind: passing, needs: declaredEnd };
    }
    kept.any = true;
  }
}

function passDefined(cursor: ElementCursor, kept: KeptElements, index: number): Passing {
  const start = cursor.position;
  // A delimiter left over behind a sequence of defined length is harmless; an item with content is not.
  if (cursor.group === 0xfffe && cursor.length > 0) return 'malformed';
  if (start + cursor.length > cursor.end) return 'ran-out';
  cursor.position = start + cursor.length;
  if (index < 0 || (kept.starts[index] as number) >= 0) return 'done';
  if (cursor.vr === SQ || cursor.length > MAX_VALUE_BYTES) {
    kept.unfit = index;
    return 'done';
  }
  kept.starts[index] = start;
  kept.lengths[index] = cursor.length;
  kept.vrs[index] = cursor.vr;
  return 'done';
}

function passUndefined(cursor: ElementCursor, kept: KeptElements, index: number): Passing {
  if (cursor.group === 0xfffe || !mayBeUndefined(cursor)) return 'malformed';
  if (index >= 0 && (kept.starts[index] as number) < 0) kept.unfit = index;
  return skipUndefined(cursor);
}

/** Whether fewer than eight bytes are left and all are zero: padding to a block size, not an element cut short. */
function isPadding(cursor: ElementCursor, at: number): boolean {
  if (cursor.end - at >= 8) return false;
  for (let offset = at; offset < cursor.end; offset += 1) if (cursor.bytes[offset] !== 0) return false;
  return true;
}
