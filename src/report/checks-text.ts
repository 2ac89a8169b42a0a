import type { CheckEntry } from '../model/check.js';
import { styleOf, wrapText, type TextOptions } from './style.js';

/** The catalogue of checks, one line each, by group. */
export function renderChecksList(entries: readonly CheckEntry[], options: TextOptions = {}): string {
  const style = styleOf(options);
  const width = Math.max(...entries.map(({ code }) => code.length));
  const lines = entries.map(({ code, level, title, implemented, unimplemented }) => {
    const line = `${code.padEnd(width)}  ${level.padEnd(7)}  ${title}`;
    return implemented ? line : style.dim(`${line} (${unimplemented === undefined ? 'not in this version' : 'no check of its own: see checks show'})`);
  });
  const running = entries.filter(({ implemented }) => implemented).length;
  return [...lines, '', `${running} of ${entries.length} run in this version. More about one: colophon checks show CODE`].join('\n');
}

/** One rule: what it holds, why, and how to mend a finding. */
export function renderCheckEntry(entry: CheckEntry, options: TextOptions = {}): string {
  const style = styleOf(options);
  const part = (name: string, text: string) => [style.bold(name), ...wrapText(text, '  ')];
  return [
    `${style.bold(entry.code)}  ${entry.title}`,
    '',
    ...part('Level', `${entry.level}${entry.level === 'error' ? ': blocks a release' : entry.level === 'warning' ? ': needs a decision' : ': is reported'}`),
    ...part('Why', entry.why),
    ...part('Mend', entry.mend),
    ...part('Waiver', entry.waivable ? 'A waiver can accept a finding: code and fingerprint in waivers.yaml.' : 'No waiver can accept a finding.'),
    ...part('Source', entry.source),
    ...(entry.implemented ? [] : part('Note', ['This version does not run it.', entry.unimplemented ?? ''].join(' ').trim())),
  ].join('\n');
}
