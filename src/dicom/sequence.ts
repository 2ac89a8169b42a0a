import { type ElementCursor, UNDEFINED_LENGTH, vrCode } from './element-cursor.js';

/** How passing one element ended: behind it, at the end of the bytes, or at something no encoding allows. */
export type Passing = 'done' | 'ran-out' | 'malformed';

const UN = vrCode('UN');
const MAY_BE_UNDEFINED = new Set([0, UN, vrCode('SQ'), vrCode('OB'), vrCode('OW')]);

/** Whether the element just read may have an undefined length (PS3.5 7.1.2); an element without VR may. */
export function mayBeUndefined(cursor: ElementCursor): boolean {
  return MAY_BE_UNDEFINED.has(cursor.vr);
}

/**
 * Moves `cursor`, which has just read the header of an element of undefined length, behind the matching delimiter.
 *
 * Values of defined length, whole sequences too, are jumped over. No recursion and no stack, whatever the nesting:
 * sequences and items alternate (PS3.5 7.5), so the depth alone tells which delimiter is due.
 */
export function skipUndefined(cursor: ElementCursor): Passing {
  const { explicitVr, bigEndian } = cursor;
  // PS3.5 6.2.2 note 4: what has VR UN and undefined length is encoded in implicit VR little endian, to its end.
  let implicitFrom = cursor.vr === UN ? 1 : Infinity;
  const enter = (depth: number): void => {
    const implicit = depth >= implicitFrom;
    if (!implicit) implicitFrom = Infinity;
    cursor.explicitVr = explicitVr && !implicit;
    cursor.bigEndian = bigEndian && !implicit;
  };
  let depth = 1; // odd: between the items of a sequence; even: inside an item
  enter(depth);
  while (depth > 0) {
    if (!cursor.readElement()) return 'ran-out';
    const step = depth % 2 === 1 ? stepInSequence(cursor) : stepInItem(cursor);
    if (step === 'malformed' || step === 'ran-out') return step;
    if (step === 'deeper') {
      depth += 1;
      if (cursor.vr === UN && implicitFrom === Infinity) implicitFrom = depth;
    }
    if (step === 'back') depth -= 1;
    if (step !== 'on') enter(depth);
  }
  return 'done';
}

type Step = 'on' | 'deeper' | 'back' | 'ran-out' | 'malformed';

function stepInSequence(cursor: ElementCursor): Step {
  if (cursor.group !== 0xfffe) return 'malformed';
  if (cursor.element === 0xe0dd) return 'back';
  if (cursor.element !== 0xe000) return 'malformed';
  return cursor.length === UNDEFINED_LENGTH ? 'deeper' : skipValue(cursor);
}

function stepInItem(cursor: ElementCursor): Step {
  if (cursor.group === 0xfffe) return cursor.element === 0xe00d ? 'back' : 'malformed';
  if (cursor.length !== UNDEFINED_LENGTH) return skipValue(cursor);
  return mayBeUndefined(cursor) ? 'deeper' : 'malformed';
}

function skipValue(cursor: ElementCursor): 'on' | 'ran-out' {
  if (cursor.position + cursor.length > cursor.end) return 'ran-out';
  cursor.position += cursor.length;
  return 'on';
}
