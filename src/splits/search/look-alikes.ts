import type { Random } from './random.js';
import type { SlopeTable } from './slope-table.js';

/** The profiles most alike each one. */
export class LookAlikes {
  private readonly width: number;
  /** `list[place * width + n]` */
  private readonly list: Uint32Array;

  /** @param count So many a profile, fewer when there are no more. */
  constructor(table: SlopeTable, count: number) {
    const size = table.profiles.length;
    this.width = Math.min(count, size - 1);
    this.list = new Uint32Array(size * this.width);
    const distances = new Float64Array(size);
    for (let one = 0; one < size; one++) {
      for (let other = 0; other < size; other++) distances[other] = table.distance(one, other);
      distances[one] = Infinity;
      this.take(one, distances);
    }
  }

  /** One of the look-alikes of a profile. */
  draw(place: number, random: Random): number {
    return this.list[place * this.width + random.below(this.width)]!;
  }

  /** Those nearer than the last one that has room, then its equals as far as they go. */
  private take(one: number, distances: Float64Array): void {
    const farthest = distances.slice().sort()[this.width - 1]!;
    let found = 0;
    const add = (other: number) => (this.list[one * this.width + found++] = other);
    for (let other = 0; other < distances.length; other++) if (distances[other]! < farthest) add(other);
    for (let other = 0; found < this.width; other++) if (distances[other] === farthest) add(other);
  }
}
