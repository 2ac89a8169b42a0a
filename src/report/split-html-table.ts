import { htmlText as text } from './html-text.js';

/** A table whose first column names its rows. Cells come from data and are escaped. */
export function table(caption: string, head: readonly string[], rows: readonly (readonly string[])[], style = ''): string {
  const titles = head.map((title) => `<th scope="col">${text(title)}</th>`).join('');
  const body = rows.map(([name, ...cells]) => `<tr><th scope="row">${text(name ?? '')}</th>${cells.map((cell) => `<td>${text(cell)}</td>`).join('')}</tr>`);
  return `<table${style === '' ? '' : ` class="${style}"`}>${caption === '' ? '' : `<caption>${text(caption)}</caption>`}<thead><tr>${titles}</tr></thead><tbody>${body.join('\n')}</tbody></table>`;
}

/** Markup that scrolls sideways by itself on a narrow screen, with the keyboard too. */
export function scrolled(label: string, markup: string): string {
  return `<div class="wide" role="region" tabindex="0" aria-label="${text(label)}">${markup}</div>`;
}

/** How strongly a cell is coloured, for a difference of shares (0..1): nothing below half a point, most from ten points on. */
export function heatClass(difference: number): string {
  const size = Math.abs(difference);
  const level = [0.005, 0.01, 0.025, 0.05, 0.1].filter((from) => size >= from).length;
  return level === 0 ? '' : ` class="h${level}"`;
}
