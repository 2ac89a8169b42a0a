import type { PackUnitLevel } from '../model/transfer.js';
import type { PayloadEntry } from './release-tree.js';
import { IMAGE_FOLDER, unitOf } from './shard-plan.js';

/** The images that are carried, in the order of their paths, unit by unit. */
export class UnitReader {
  #ahead: PayloadEntry | null = null;

  constructor(
    readonly entries: Generator<PayloadEntry>,
    readonly by: PackUnitLevel,
  ) {}

  /** The next image, of whatever unit; null at the end. */
  next(): PayloadEntry | null {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead !== null) return ahead;
    for (let step = this.entries.next(); step.done !== true; step = this.entries.next()) {
      if (step.value.carried && step.value.path.startsWith(IMAGE_FOLDER)) return step.value;
    }
    return null;
  }

  /** The images of the next unit. */
  *unit(): Generator<PayloadEntry> {
    const first = this.next();
    if (first === null) return;
    const unit = unitOf(first.path, this.by);
    yield first;
    for (let entry = this.next(); entry !== null; entry = this.next()) {
      if (unitOf(entry.path, this.by) !== unit) {
        this.#ahead = entry;
        return;
      }
      yield entry;
    }
  }
}
