/** How much of a cell of the target comes from a pixel of the source, along one side. */
export interface Overlap {
  source: number;
  target: number;
  /** Above 0; the shares of a cell sum to 1, or less where it reaches beyond the source. */
  share: number;
}

/**
 * Divides a stretch of the source, `length` pixels from `from` on, into `cells` equal cells, and tells which pixels each
 * one overlaps: the weights of an average over areas. The stretch may reach beyond the source. In order of the source.
 */
export function overlaps(size: number, from: number, length: number, cells: number): Overlap[] {
  const step = length / cells;
  const found: Overlap[] = [];
  for (let target = 0; target < cells; target += 1) {
    const [begin, end] = [from + target * step, from + (target + 1) * step];
    for (let source = Math.max(0, Math.floor(begin)); source < Math.min(size, Math.ceil(end)); source += 1) {
      const share = (Math.min(end, source + 1) - Math.max(begin, source)) / step;
      if (share > 0) found.push({ source, target, share });
    }
  }
  return found.sort((a, b) => a.source - b.source || a.target - b.target);
}
