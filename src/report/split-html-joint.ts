import type { JointReport, JointTable, SplitReport } from '../model/split.js';
import { htmlText as text } from './html-text.js';
import { MISSING } from './split-balance-text.js';
import { heatClass, scrolled } from './split-html-table.js';
import { formatCount } from './units.js';

/** Tables of so many pairs are shown, those with the largest differences. */
const MAX_TABLES = 6;

/** How far pairs of variables differ: a heat table over all of them, and the counts of the worst. */
export function renderJoint({ variables, joint, parts }: SplitReport): string {
  const names = Object.keys(variables);
  const pairs = Object.entries(joint).sort(([a, x], [b, y]) => y.max_difference - x.max_difference || (a < b ? -1 : 1));
  if (pairs.length === 0) return '';
  const tables = pairs.flatMap(([name, pair]) => (pair.table === null ? [] : [renderTables(name, pair.table, Object.keys(parts))])).slice(0, MAX_TABLES);
  return `<section aria-labelledby="joint"><h2 id="joint">Pairs of variables</h2>
<p class="muted">Largest difference of the share of a combination in a part from its share in the whole, in percentage points; on the diagonal, of a single variable.</p>
${scrolled('Largest differences of pairs of variables', renderHeat(names, variables, joint))}
${tables.join('\n')}</section>`;
}

function renderHeat(names: readonly string[], variables: SplitReport['variables'], joint: Record<string, JointReport>): string {
  const head = names.map((_, at) => `<th scope="col">${at + 1}</th>`).join('');
  const rows = names.map((row, at) => {
    const cells = names.map((column, to) => {
      if (to > at) return '<td></td>';
      const difference = (to === at ? variables[row] : (joint[`${column} × ${row}`] ?? joint[`${row} × ${column}`]))?.max_difference;
      return difference === undefined ? '<td>–</td>' : `<td${heatClass(difference)}>${(difference * 100).toFixed(1)}</td>`;
    });
    return `<tr><th scope="row">${at + 1} ${text(row)}</th>${cells.join('')}</tr>`;
  });
  return `<table class="heat"><thead><tr><th scope="col">variable</th>${head}</tr></thead><tbody>${rows.join('\n')}</tbody></table>`;
}

/** One table a part: counts, coloured by how far their share is from that in the whole. */
function renderTables(name: string, { rows, columns, parts }: JointTable, names: readonly string[]): string {
  const whole = rows.map((_, row) => columns.map((__, column) => names.reduce((sum, part) => sum + parts[part]![row]![column]!, 0)));
  const all = sum(whole);
  const shown = names.slice(0, 8).map((part) => {
    const counts = parts[part]!;
    const total = sum(counts);
    const body = rows.map((row, at) => {
      const cells = columns.map((_, to) => {
        const difference = total === 0 || all === 0 ? 0 : counts[at]![to]! / total - whole[at]![to]! / all;
        return `<td${heatClass(difference)}>${formatCount(counts[at]![to]!)} <span class="muted">${signed(difference)}</span></td>`;
      });
      return `<tr><th scope="row">${text(label(row))}</th>${cells.join('')}</tr>`;
    });
    return scrolled(`${name} in ${part}`, `<table class="heat"><caption>${text(part)}: count, and points more or less than in the whole</caption><thead><tr><th scope="col"></th>${columns.map((column) => `<th scope="col">${text(label(column))}</th>`).join('')}</tr></thead><tbody>${body.join('\n')}</tbody></table>`);
  });
  return `<details><summary>${text(name)}</summary>${shown.join('\n')}</details>`;
}

function label(category: string): string {
  return category === '' ? MISSING : category;
}

function sum(counts: readonly (readonly number[])[]): number {
  return counts.reduce((total, row) => total + row.reduce((part, count) => part + count, 0), 0);
}

function signed(difference: number): string {
  const points = (difference * 100).toFixed(1);
  return points === '0.0' || points === '-0.0' ? '0.0' : difference > 0 ? `+${points}` : points.replace('-', '−');
}
