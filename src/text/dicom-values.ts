import { isDayOfMonth } from './calendar.js';

/** Days of the unit of an AS (PS3.5 6.2). Months and years are those of the Gregorian calendar on average. */
const DAYS_OF_UNIT: Readonly<Record<string, number>> = { D: 1, W: 7, M: 365.2425 / 12, Y: 365.2425 };
const FIRST_HIDDEN_YEARS = 90;

/** A calendar date: year, month 1 to 12, day 1 to 31. */
export interface CalendarDate {
  year: number;
  month: number;
  day: number;
}

/** A DA, `YYYYMMDD`, also in the retired form `YYYY.MM.DD` (PS3.5 6.2); null for anything else, ranges of queries too. */
export function parseDate(value: string): CalendarDate | null {
  const match = /^(\d{4})(\.?)(\d{2})\2(\d{2})$/.exec(value.trim());
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[3]), Number(match[4])];
  return isDateOf(year, month, day) ? { year, month, day } : null;
}

/** The date of a DT, `YYYYMMDDHHMMSS.FFFFFF&ZZXX` from the day on; null when it is coarser than a day or no DT. */
export function parseDateOfTime(value: string): CalendarDate | null {
  const match = /^(\d{8})(\d{2}){0,3}(\.\d{1,6})?([+-]\d{4})?$/.exec(value.trim());
  return match === null ? null : parseDate(match[1] as string);
}

/** Days in 400 years of the Gregorian calendar. */
const DAYS_OF_CYCLE = 146_097;

/** Days from 1 January 1970 to a date of the Gregorian calendar; before it they are negative. */
export function daysOf({ year, month, day }: CalendarDate): number {
  // A cycle later, since Date.UTC takes the years 0 to 99 for those of the 20th century.
  return Date.UTC(year + 400, month - 1, day) / 86_400_000 - DAYS_OF_CYCLE;
}

function isDateOf(year: number, month: number, day: number): boolean {
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return isDayOfMonth(month, day) && (month !== 2 || day < 29 || leap);
}

/** An AS (PS3.5 6.2): number and unit, and the age in whole years; null when it has another form. */
export function parseAge(value: string): { count: number; unit: 'D' | 'W' | 'M' | 'Y'; years: number } | null {
  const match = /^(\d{3})([DWMY])$/.exec(value.trim());
  if (match === null) return null;
  const count = Number(match[1]);
  const unit = match[2] as 'D' | 'W' | 'M' | 'Y';
  const years = unit === 'Y' ? count : unit === 'M' ? Math.floor(count / 12) : Math.floor((count * (DAYS_OF_UNIT[unit] as number)) / (DAYS_OF_UNIT.Y as number));
  return { count, unit, years };
}

/**
 * Whether an age may not be shown: 90 years and more (45 CFR 164.514(b)(2)(i)(C)). `089Y` may, `090Y` may not. Forms that
 * are no AS are read too, `1080M`, `95Y`, `95`, since files have them: what looks like an age over 89 is one.
 */
export function isHiddenAge(value: string): boolean {
  const match = /^(\d{1,6})([DWMY]?)$/i.exec(value.trim());
  if (match === null) return false;
  const unit = (match[2] as string).toUpperCase();
  const count = Number(match[1]);
  if (unit === '' || unit === 'Y') return count >= FIRST_HIDDEN_YEARS;
  if (unit === 'M') return count >= FIRST_HIDDEN_YEARS * 12;
  return count * (DAYS_OF_UNIT[unit] as number) >= FIRST_HIDDEN_YEARS * (DAYS_OF_UNIT.Y as number);
}
