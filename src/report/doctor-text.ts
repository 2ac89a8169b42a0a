import type { DoctorOutcome, DoctorProbe, DoctorReport } from '../model/doctor.js';
import { escapeText } from './escape.js';
import { styleOf, type Style, type TextOptions } from './style.js';
import { formatNumber } from './units.js';

const SIGNS: Record<DoctorOutcome, string> = { ok: '✓', warning: '!', failed: '✗', skipped: '–' };

/** The report of `doctor`: a line a probe, and what to do next below those that need something. */
export function renderDoctor(report: DoctorReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  const { summary, probes, workspace } = report;
  const width = Math.max(...probes.map(({ what }) => escapeText(what).length));
  const lines: string[] = [];
  let area = '';
  for (const probe of probes) {
    if (probe.area !== area) lines.push(...(area === '' ? [] : ['']), style.bold(heading(probe, workspace)));
    area = probe.area;
    lines.push(...probeLines(probe, width, style));
  }
  const counts = [formatNumber(summary.failed, 'failure'), formatNumber(summary.warning, 'warning'), `${summary.ok} ok`, `${summary.skipped} skipped`].join(', ');
  return [...lines, '', `${report.ok ? style.green('Nothing failed') : style.red('Something is wrong')}: ${counts}`, ''].join('\n');
}

function heading({ area }: DoctorProbe, workspace: string | null): string {
  return area === 'workspace' && workspace !== null ? `workspace ${escapeText(workspace)}` : area;
}

function probeLines({ what, outcome, found, expected, next }: DoctorProbe, width: number, style: Style): string[] {
  const paint = { ok: style.green, warning: style.yellow, failed: style.red, skipped: style.dim }[outcome];
  const told = outcome === 'failed' || outcome === 'warning' ? [['expected: ', expected], ['→ ', next]] : [];
  const indent = ' '.repeat(width + 6);
  return [`  ${paint(SIGNS[outcome])} ${escapeText(what).padEnd(width)}  ${escapeText(found)}`, ...told.flatMap(([lead, text]) => (text === undefined ? [] : [`${indent}${lead}${escapeText(text)}`]))];
}
