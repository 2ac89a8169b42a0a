/** A job array: shards from `offset` on, by their places behind it. */
export interface ArrayPart {
  offset: number;
  places: number[];
}

/**
 * Cuts shards into job arrays. Slurm's MaxArraySize is one more than the highest index that an array may have, so an array holds the
 * shards of one stretch of that length.
 * @param shards ascending
 */
export function cutArrays(shards: readonly number[], maxArraySize: number): ArrayPart[] {
  const parts = new Map<number, ArrayPart>();
  for (const index of shards) {
    const offset = index - (index % maxArraySize);
    const part = parts.get(offset) ?? { offset, places: [] };
    part.places.push(index - offset);
    parts.set(offset, part);
  }
  return [...parts.values()];
}

/** Ascending numbers as sbatch takes them: `0-3,7`. */
export function writeRanges(places: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const place of places) {
    const open = ranges.at(-1);
    if (open !== undefined && place === open[1] + 1) open[1] = place;
    else ranges.push([place, place]);
  }
  return ranges.map(([first, last]) => (first === last ? String(first) : `${first}-${last}`)).join(',');
}
