import type { DateForm } from '../../model/harmonization.js';
import type { Reading } from './reading.js';

const MONTHS = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** The groups of a form: y, m or mon, d. Two digits of a year say no century, so no form has them. */
const PATTERNS: Readonly<Record<DateForm, RegExp>> = {
  YYYYMMDD: /^(?<y>\d{4})(?<m>\d{2})(?<d>\d{2})$/,
  'YYYY/M/D': /^(?<y>\d{4})\/(?<m>\d{1,2})\/(?<d>\d{1,2})$/,
  'M/D/YYYY': /^(?<m>\d{1,2})\/(?<d>\d{1,2})\/(?<y>\d{4})$/,
  'D/M/YYYY': /^(?<d>\d{1,2})\/(?<m>\d{1,2})\/(?<y>\d{4})$/,
  'D.M.YYYY': /^(?<d>\d{1,2})\. ?(?<m>\d{1,2})\. ?(?<y>\d{4})$/,
  'Month D, YYYY': /^(?<mon>[A-Za-z]{3,9})\.? (?<d>\d{1,2}), ?(?<y>\d{4})$/,
  'D Month YYYY': /^(?<d>\d{1,2})\.? (?<mon>[A-Za-z]{3,9}) (?<y>\d{4})$/,
  'D-Mon-YYYY': /^(?<d>\d{1,2})-(?<mon>[A-Za-z]{3})-(?<y>\d{4})$/,
};

/** Any text that one of the forms may read begins with a digit or with the name of a month. */
export const DATE_TEXT = '[0-9]{1,2}[-./ ].*[0-9]{4}|[0-9]{4}/.*|[0-9]{8}|[A-Za-z]{3,9}\\.? [0-9]{1,2}, ?[0-9]{4}';

/** Reads a date by each of the forms; one that they read as two days, or as none of the calendar, is left. */
export function readDate(forms: readonly DateForm[], text: string): Reading {
  const matches = forms.flatMap((form) => {
    const groups = PATTERNS[form].exec(text)?.groups;
    return groups === undefined ? [] : [{ form, day: dayOf(groups) }];
  });
  if (matches.length === 0) return undefined;
  const [first, ...others] = matches.filter(({ day }) => day !== null);
  if (first === undefined) return { left: 'no day of the calendar' };
  if (others.some(({ day }) => day !== first.day)) return { left: 'day and month could be either way round' };
  return { to: first.day, masked: { from: first.form, to: 'YYYY-MM-DD' } };
}

function dayOf({ y = '', m, mon, d = '' }: Record<string, string | undefined>): string | null {
  const month = m === undefined ? monthOf(mon ?? '') : Number(m);
  const day = Number(d);
  const date = new Date(0);
  date.setUTCFullYear(Number(y), month - 1, day);
  if (Number(y) < 1000 || month < 1 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return `${y}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`;
}

/** 1 to 12; 0 for what is no month. `Sept` is September too. */
function monthOf(name: string): number {
  const lower = name.toLowerCase();
  const at = MONTHS.findIndex((month) => month === lower || month.slice(0, 3) === lower || (lower === 'sept' && month === 'september'));
  return at + 1;
}
