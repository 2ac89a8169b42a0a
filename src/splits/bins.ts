/** How a missing value reads in a report; in the data it is the empty text, so that a value `missing` stays another. */
export const MISSING_LABEL = 'missing';

/**
 * Turns the text of a number into the label of its half-open bin: edges [18, 50] give `<18`, `18-49`, `>=50`.
 * Edges that are not all whole numbers give `[18.5,50)` instead of `18-49`. Empty text stays empty: missing is a
 * category of its own, and so is what is no number.
 * @param edges Inner edges, strictly ascending.
 */
export function compileBins(edges: readonly number[]): (text: string) => string {
  const labels = binLabels(edges);
  return (text) => {
    if (text.trim() === '') return '';
    const value = Number(text);
    if (Number.isNaN(value)) return 'not a number';
    return labels[edges.filter((edge) => edge <= value).length]!;
  };
}

/** The labels of the bins between and beyond the edges, ascending. */
export function binLabels(edges: readonly number[]): string[] {
  const whole = edges.every(Number.isInteger);
  const between = edges.slice(1).map((high, index) => {
    const low = edges[index]!;
    if (!whole) return `[${low},${high})`;
    return high - low === 1 ? `${low}` : `${low}-${high - 1}`;
  });
  return [`<${edges[0]}`, ...between, `>=${edges.at(-1)}`];
}
