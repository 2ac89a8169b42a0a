/**
 * The forms that values of the text VRs have (PS3.5 6.2). Scanners over characters, not regular expressions: each looks
 * at a character once.
 */

const isDigit = (code: number): boolean => code >= 0x30 && code <= 0x39;
const isUpper = (code: number): boolean => code >= 0x41 && code <= 0x5a;

/** What is wrong with a value, as a short phrase; null when nothing is. */
export type FormFault = string | null;

/** Longest values in characters; of PN a component group. */
export const MAX_CHARACTERS: ReadonlyMap<string, number> = new Map([
  ['AE', 16],
  ['AS', 4],
  ['CS', 16],
  ['DA', 8],
  ['DS', 16],
  ['DT', 26],
  ['IS', 12],
  ['LO', 64],
  ['LT', 10_240],
  ['PN', 64],
  ['SH', 16],
  ['ST', 1024],
  ['TM', 14],
]);

const FORMS: ReadonlyMap<string, (value: string) => FormFault> = new Map([
  ['AE', (value) => (allOf(value, (code) => code >= 0x20 && code <= 0x7e) ? null : 'a character that no AE title has')],
  ['AS', (value) => (isAge(value) ? null : 'not three digits and one of D, W, M, Y')],
  ['CS', (value) => (allOf(value, (code) => isUpper(code) || isDigit(code) || code === 0x20 || code === 0x5f) ? null : 'a character other than capital letters, digits, space and underscore')],
  ['DA', (value) => (isDate(value) ? null : 'not a day as YYYYMMDD')],
  ['DS', (value) => (isDecimal(value) ? null : 'not a decimal number')],
  ['DT', (value) => (isDateTime(value) ? null : 'not a date and time')],
  ['IS', (value) => (isInteger(value) ? null : 'not an integer of 32 bits')],
  ['PN', (value) => personFault(value)],
  ['TM', (value) => (isTime(value) ? null : 'not a time as HHMMSS.FFFFFF')],
]);

/** What is wrong with one value of a text VR: its length or its characters; '' is no value and never wrong. */
export function formFault(vr: string, value: string): FormFault {
  if (value === '') return null;
  const most = MAX_CHARACTERS.get(vr);
  if (most !== undefined && vr !== 'PN' && value.length > most && lengthOf(value) > most) return `longer than ${most} characters`;
  return FORMS.get(vr)?.(value) ?? null;
}

/** Characters, not UTF-16 units. */
function lengthOf(value: string): number {
  let length = 0;
  for (let at = 0; at < value.length; at += 1) if ((value.charCodeAt(at) & 0xfc00) !== 0xdc00) length += 1;
  return length;
}

function allOf(value: string, wanted: (code: number) => boolean): boolean {
  for (let at = 0; at < value.length; at += 1) if (!wanted(value.charCodeAt(at))) return false;
  return true;
}

function isAge(value: string): boolean {
  return value.length === 4 && allOf(value.slice(0, 3), isDigit) && 'DWMY'.includes(value.charAt(3));
}

const MONTH_DAYS = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

function isDate(value: string): boolean {
  if (value.length !== 8 || !allOf(value, isDigit)) return false;
  const month = Number(value.slice(4, 6));
  const day = Number(value.slice(6));
  const year = Number(value.slice(0, 4));
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return day >= 1 && day <= (month === 2 && !leap ? 28 : (MONTH_DAYS[month - 1] ?? 0));
}

/** HH, HHMM or HHMMSS with up to six digits of a fraction; sixty seconds are a leap second. */
function isTime(value: string): boolean {
  const point = value.indexOf('.');
  const whole = point < 0 ? value : value.slice(0, point);
  if ((whole.length !== 2 && whole.length !== 4 && whole.length !== 6) || !allOf(whole, isDigit)) return false;
  if (Number(whole.slice(0, 2)) > 23 || Number(whole.slice(2, 4)) > 59 || Number(whole.slice(4, 6)) > 60) return false;
  if (point < 0) return true;
  const fraction = value.slice(point + 1);
  return whole.length === 6 && fraction.length >= 1 && fraction.length <= 6 && allOf(fraction, isDigit);
}

/** YYYY[MM[DD[HH[MM[SS[.F]]]]]] with an offset from UTC as &ZZXX. */
function isDateTime(value: string): boolean {
  const sign = Math.max(value.lastIndexOf('+'), value.lastIndexOf('-'));
  const local = sign < 0 ? value : value.slice(0, sign);
  if (sign >= 0 && (value.length - sign !== 5 || !isTime(value.slice(sign + 1)))) return false;
  const digits = local.indexOf('.') < 0 ? local.length : local.indexOf('.');
  if (digits < 4 || digits % 2 === 1 || !allOf(local.slice(0, 4), isDigit)) return false;
  if (digits > 8) return isDate(local.slice(0, 8)) && isTime(local.slice(8));
  if (digits !== local.length) return false;
  return isDate(`${local}${'0101'.slice(digits - 4)}`);
}

/** Sign, digits with at most one point among them, exponent: at least one digit before the exponent and one in it. */
function isDecimal(value: string): boolean {
  let at = isSign(value, 0) ? 1 : 0;
  let digits = 0;
  let points = 0;
  for (; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (isDigit(code)) digits += 1;
    else if (code === 0x2e) points += 1;
    else break;
  }
  if (digits === 0 || points > 1) return false;
  if (at === value.length) return true;
  if (value.charAt(at) !== 'E' && value.charAt(at) !== 'e') return false;
  const exponent = value.slice(at + (isSign(value, at + 1) ? 2 : 1));
  return exponent !== '' && allOf(exponent, isDigit);
}

function isSign(value: string, at: number): boolean {
  return value.charAt(at) === '+' || value.charAt(at) === '-';
}

function isInteger(value: string): boolean {
  const digits = isSign(value, 0) ? value.slice(1) : value;
  if (digits === '' || !allOf(digits, isDigit)) return false;
  const number = Number(value);
  return number >= -2_147_483_648 && number <= 2_147_483_647;
}

/** Up to three component groups of 64 characters, each of up to five components (PS3.5 6.2.1). */
function personFault(value: string): FormFault {
  let groups = 1;
  let components = 1;
  let length = 0;
  for (let at = 0; at < value.length; at += 1) {
    const code = value.charCodeAt(at);
    if (code === 0x3d) {
      groups += 1;
      components = 1;
      length = 0;
      continue;
    }
    if (code === 0x5e) components += 1;
    if ((code & 0xfc00) !== 0xdc00) length += 1;
    if (length > 64) return 'a component group longer than 64 characters';
    if (components > 5) return 'more than five components';
  }
  return groups > 3 ? 'more than three component groups' : null;
}

/** Whether a text has control characters that its VR does not allow: of ST, LT, UT tab and ends of lines are allowed. */
export function hasControl(vr: string, text: string): boolean {
  const lines = vr === 'LT' || vr === 'ST' || vr === 'UT';
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code >= 0x20 && code !== 0x7f) continue;
    if (lines && (code === 0x09 || code === 0x0a || code === 0x0c || code === 0x0d)) continue;
    return true;
  }
  return false;
}

/** Whether a text is a UID (PS3.5 9.1): at most 64 digits and points, no component empty or with a leading zero. */
export function isUid(value: string): boolean {
  if (value.length === 0 || value.length > 64) return false;
  const [first = '', second = ''] = value.split('.', 2);
  if (first.length !== 1 || first > '2') return false;
  if (second === '' || (first < '2' && Number(second) > 39)) return false;
  let start = 0;
  for (let at = 0; at <= value.length; at += 1) {
    const code = at === value.length ? 0x2e : value.charCodeAt(at);
    if (code === 0x2e) {
      if (at === start || (at - start > 1 && value.charAt(start) === '0')) return false;
      start = at + 1;
    } else if (!isDigit(code)) return false;
  }
  return true;
}
