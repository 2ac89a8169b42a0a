/** The check digits of code systems that have one. */
export type CheckDigit = 'loinc' | 'verhoeff';

/** Every scheme that `x-check-digit` may name. */
export const CHECK_DIGITS: Record<CheckDigit, (code: string) => boolean> = { loinc: hasLoincDigit, verhoeff: hasVerhoeffDigit };

/** Whether the digit after the hyphen is the mod 10 (Luhn, ISO/IEC 7812-1 annex B) check digit of those before it. */
export function hasLoincDigit(code: string): boolean {
  const digits = code.replace('-', '');
  if (!/^[0-9]{2,}$/.test(digits)) return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = digits.charCodeAt(digits.length - 1 - i) - 48;
    const weighted = i % 2 === 1 ? digit * 2 : digit;
    sum += weighted > 9 ? weighted - 9 : weighted;
  }
  return sum % 10 === 0;
}

/** Row i permutes the digits at position i (mod 8) from the right. */
const PERMUTATIONS = ['0123456789', '1576283094', '5803796142', '8916043527', '9453126870', '4286573901', '2793806415', '7046913258'];

/** Product of two digits in the dihedral group D5: row times column. */
const PRODUCTS = [
  '0123456789', '1234067895', '2340178956', '3401289567', '4012395678',
  '5987604321', '6598710432', '7659821043', '8765932104', '9876543210',
];

/** Whether the last digit is the Verhoeff check digit of the others, as in SNOMED CT identifiers (SCTID, annex B). */
export function hasVerhoeffDigit(code: string): boolean {
  if (!/^[0-9]+$/.test(code)) return false;
  let check = 0;
  for (let i = 0; i < code.length; i++) {
    const digit = code.charCodeAt(code.length - 1 - i) - 48;
    check = digitAt(PRODUCTS, check, digitAt(PERMUTATIONS, i % 8, digit));
  }
  return check === 0;
}

function digitAt(rows: readonly string[], row: number, column: number): number {
  return (rows[row] ?? '').charCodeAt(column) - 48;
}
