/** Ranges of numbers in their order; other categories, the commonest first, as they come. */
export function orderOfScale<T extends { category: string }>(categories: readonly T[]): readonly T[] {
  const place = (category: string) => {
    if (/^<-?\d/.test(category)) return -Infinity;
    const match = /^(?:>=|\[)?(-?\d+(?:\.\d+)?)/.exec(category);
    return match === null ? null : Number(match[1]);
  };
  const places = new Map(categories.map((entry) => [entry, place(entry.category)]));
  const ranged = categories.filter((entry) => places.get(entry) !== null);
  if (ranged.length < 2 || categories.length - ranged.length > 1) return categories;
  ranged.sort((a, b) => places.get(a)! - places.get(b)!);
  return [...ranged, ...categories.filter((entry) => places.get(entry) === null)];
}
