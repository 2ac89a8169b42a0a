import type { LeakKind, ReleaseLeaks } from '../model/split-leak.js';
import { escapeText, shortenText } from './escape.js';
import { joinWords, styleOf, wrapText, type TextOptions } from './style.js';
import { formatNumber } from './units.js';

const WORDS: Record<LeakKind, string> = {
  assignment: 'the case itself',
  patient: 'patients',
  study: 'studies',
  instance: 'SOPInstanceUIDs',
  bytes: 'image files',
  pixels: 'pixels',
  likeness: 'looks',
  group: 'groups that move together',
};

/** Leaks that a text names. */
const MAX_LEAKS = 20;

/** What two parts of a published split share. */
export function renderLeaks({ split, release, checked, not_checked, total, leaks }: ReleaseLeaks, options: TextOptions = {}): string {
  const style = styleOf(options);
  const name = `${escapeText(split)} of ${escapeText(release.dataset)} ${escapeText(release.version)}`;
  const words = (kinds: readonly LeakKind[]): string => joinWords(kinds.map((kind) => WORDS[kind]));
  return [
    total === 0 ? `${style.green('✓')} ${name}: no two parts share anything` : style.red(`✗ LEAKAGE: in ${name}, ${formatNumber(total, 'case')} share something with a case in another part`),
    ...leaks.slice(0, MAX_LEAKS).map(({ kind, case_id, part, other_case, other_part }) => `  ${shortenText(case_id, 48)} (${escapeText(part)}) and ${shortenText(other_case, 48)} (${escapeText(other_part)}): ${WORDS[kind]}`),
    ...(total > MAX_LEAKS ? [`  … and ${formatNumber(total - MAX_LEAKS, 'case')} more`] : []),
    ...wrapText(`Compared from the tables of the release: ${words(checked)}.`, '  '),
    ...(not_checked.length === 0 ? [] : wrapText(`Not in its tables, compared when it was cut: ${words(not_checked)}.`, '  ')),
  ].join('\n');
}
