import type { ModelReport, TagReport } from '../model/tagging.js';
import { escapeText } from './escape.js';
import { styleOf, type Style, type TextOptions } from './style.js';
import { formatCount, formatDuration, formatNumber } from './units.js';

/** Failed images that a model lists. */
const LISTED_PROBLEMS = 10;

/** What each model saw, and what it could not judge. */
export function renderTag(report: TagReport, options: TextOptions = {}): string {
  const style = styleOf(options);
  return [...report.models.flatMap((model) => renderModel(model, style)), '', renderNext(report, style)].join('\n');
}

function renderModel(report: ModelReport, style: Style): string[] {
  const { model, version, sha256, images, looked, unchanged, dropped, undecided, without_pixels, failed, labels } = report;
  const parts = [`${formatCount(looked)} looked at`, ...(unchanged > 0 ? [`${formatCount(unchanged)} unchanged`] : [])];
  return [
    `${style.bold(escapeText(model))} ${escapeText(version)}  ${formatNumber(images, 'image')}: ${parts.join(', ')}  ${style.dim(`sha256 ${sha256.slice(0, 12)}…`)}`,
    ...(dropped > 0 ? [`  ${formatNumber(dropped, 'image')} had stale tags, which were dropped`] : []),
    ...labels.map((each) => `  ${formatCount(each.images)} ${escapeText(each.label)}`),
    ...(undecided > 0 ? [`  ${formatCount(undecided)} undecided: no label reached the threshold`] : []),
    ...(without_pixels > 0 ? [style.dim(`  ${formatCount(without_pixels)} without pixels`)] : []),
    ...(failed > 0 ? renderProblems(report, style) : []),
  ];
}

function renderProblems({ failed, problems, problems_query }: ModelReport, style: Style): string[] {
  const shown = problems.slice(0, LISTED_PROBLEMS);
  const hidden = failed - shown.length;
  return [
    `  ${style.yellow('!')} ${formatNumber(failed, 'image')} could not be tagged`,
    ...shown.map(({ path, code }) => `    ${escapeText(path)}  ${code}`),
    ...(hidden > 0 ? [`    … and ${formatCount(hidden)} more: colophon query "${problems_query}"`] : []),
  ];
}

function renderNext({ ok, read, seconds }: TagReport, style: Style): string {
  const speed = seconds > 0 && read > 0 ? ` (${(read / seconds).toFixed(read / seconds < 10 ? 1 : 0)} images/s)` : '';
  const done = `in ${formatDuration(seconds)}${speed}`;
  return ok ? `${style.green('✓')} Done ${done}. Next: colophon check` : `${style.red('✗')} Done ${done}, but not every image was tagged.`;
}
