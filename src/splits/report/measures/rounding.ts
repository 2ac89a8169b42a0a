/** Six digits after the point: the last bits of a logarithm differ between engines, those of a report must not. */
export function roundMeasure(value: number): number;
export function roundMeasure(value: number | null): number | null;
export function roundMeasure(value: number | null): number | null {
  return value === null || !Number.isFinite(value) ? null : Math.round(value * 1e6) / 1e6;
}
