const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const FIRST_YEAR = 1850;
const LAST_YEAR = 2100;

/** Whether a month has this day; years are not asked, so 29 February always is one. */
export function isDayOfMonth(month: number, day: number): boolean {
  return month >= 1 && month <= 12 && day >= 1 && day <= (DAYS_OF_MONTH[month - 1] as number);
}

/** Whether a number written with four digits can be the year of something about a living or lately living person. */
export function isYear(year: number): boolean {
  return year >= FIRST_YEAR && year <= LAST_YEAR;
}

/** Month and day in either order. */
export function isMonthAndDay(a: number, b: number): boolean {
  return isDayOfMonth(a, b) || isDayOfMonth(b, a);
}

/** Eight digits that are a date: year first (of 1900 to 2099), or year last. */
export function isDateDigits(digits: string): boolean {
  const number = (from: number, to: number): number => Number(digits.slice(from, to));
  const recent = (year: number): boolean => year >= 1900 && year <= 2099;
  if (recent(number(0, 4)) && isDayOfMonth(number(4, 6), number(6, 8))) return true;
  return recent(number(4, 8)) && isMonthAndDay(number(0, 2), number(2, 4));
}

/** Digits that begin with a date, year first, and go on with hour, minute, second as far as they reach. */
export function isDateTimeDigits(digits: string): boolean {
  const number = (from: number, to: number): number => Number(digits.slice(from, to));
  if (digits.length < 10 || number(0, 4) < 1900 || number(0, 4) > 2099 || !isDayOfMonth(number(4, 6), number(6, 8))) return false;
  return number(8, 10) < 24 && (digits.length < 12 || number(10, 12) < 60) && (digits.length < 14 || number(12, 14) < 61);
}
