/** Numbers pairs of whole numbers below 2^32 by first appearance: an open-addressed table, for millions of pairs. */
export class PairNumbers {
  /** How many pairs have a number. */
  count = 0;
  private firsts = new Uint32Array(64);
  private seconds = new Uint32Array(64);
  /** Slot to number + 1; 0 is empty. */
  private slots = new Uint32Array(128);

  /** The number of a pair. */
  numberOf(first: number, second: number): number {
    const { slots, firsts, seconds } = this;
    const mask = slots.length - 1;
    let slot = hash(first, second) & mask;
    for (let entry = slots[slot]!; entry !== 0; entry = slots[slot]!) {
      if (firsts[entry - 1] === first && seconds[entry - 1] === second) return entry - 1;
      slot = (slot + 1) & mask;
    }
    slots[slot] = this.count + 1;
    firsts[this.count] = first;
    seconds[this.count++] = second;
    if (this.count === firsts.length) this.grow();
    return this.count - 1;
  }

  private grow(): void {
    const size = this.firsts.length * 2;
    [this.firsts, this.seconds] = [enlarged(this.firsts, size), enlarged(this.seconds, size)];
    const slots = new Uint32Array(size * 2);
    const mask = slots.length - 1;
    for (let number = 0; number < this.count; number++) {
      let slot = hash(this.firsts[number]!, this.seconds[number]!) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.slots = slots;
  }
}

function enlarged(array: Uint32Array, size: number): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(size);
  larger.set(array);
  return larger;
}

/** Mixes two words (multipliers and shifts of MurmurHash3's finalizer); only the speed depends on it. */
function hash(first: number, second: number): number {
  let mixed = Math.imul(first ^ (first >>> 16), 0x85ebca6b) ^ Math.imul(second, 0x9e3779b1);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
