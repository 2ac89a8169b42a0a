/** A number with its noun: `1 case`, `2 cases`. */
export function counted(n: number, noun: string, plural = `${noun}s`): string {
  return `${n} ${n === 1 ? noun : plural}`;
}

/** A share as a percentage with one decimal; what is not nothing is not 0%. */
export function percent(share: number): string {
  if (share > 0 && share < 0.001) return '<0.1%';
  return `${Number((share * 100).toFixed(1))}%`;
}
