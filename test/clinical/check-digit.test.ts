import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { hasLoincDigit, hasVerhoeffDigit } from '../../src/clinical/check-digit.js';
import { builtInPackFolder, loadPack } from '../../src/clinical/pack.js';
import { compileRowValidator } from '../../src/clinical/row-validator.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { GOOD } from './rows.js';

const loincCodes = readFileSync(join(PACKAGE_ROOT, 'test/fixtures/midrc/loinc-codes.txt'), 'utf8').trim().split('\n');
const pack = loadPack(builtInPackFolder('midrc'));

/** Concepts of SNOMED CT: COVID-19, diabetes, hypertension, myocardial infarction, pneumonia, asthma, COPD, SNOMED CT itself. */
const SNOMED = ['840539006', '73211009', '38341003', '22298006', '233604007', '195967001', '13645005', '138875005'];

function withDigit(code: string, digit: number): string {
  return `${code.slice(0, -1)}${digit}`;
}

test('every LOINC code that MIDRC maps to passes, in the column too', () => {
  expect(loincCodes.length).toBeGreaterThan(150);
  expect(loincCodes.filter((code) => !hasLoincDigit(code))).toEqual([]);
  const validate = compileRowValidator(pack.tables.get('imaging_study')!);
  expect(loincCodes.flatMap((loinc_code) => validate({ ...GOOD['imaging_study'], loinc_code }))).toEqual([]);
});

test('each LOINC code has one check digit', () => {
  for (const code of loincCodes) expect(Array.from({ length: 10 }, (_, digit) => hasLoincDigit(withDigit(code, digit))).filter(Boolean)).toHaveLength(1);
});

test('real SNOMED CT identifiers pass, and each has one check digit', () => {
  for (const code of SNOMED) {
    expect([code, hasVerhoeffDigit(code)]).toEqual([code, true]);
    expect(Array.from({ length: 10 }, (_, digit) => hasVerhoeffDigit(withDigit(code, digit))).filter(Boolean)).toHaveLength(1);
  }
  const validate = compileRowValidator(pack.tables.get('condition')!);
  for (const condition_code of SNOMED) expect(validate({ ...GOOD['condition'], condition_code, condition_code_system: 'SCT' })).toEqual([]);
});

test('Verhoeff finds every wrong digit and every swap of neighbours', () => {
  fc.assert(
    fc.property(fc.constantFrom(...SNOMED), fc.nat(), fc.integer({ min: 1, max: 9 }), (code, place, step) => {
      const at = place % code.length;
      const digits = [...code];
      digits[at] = String((Number(digits[at]) + step) % 10);
      expect(hasVerhoeffDigit(digits.join(''))).toBe(false);
      const swapped = [...code];
      const next = at === code.length - 1 ? at - 1 : at;
      [swapped[next], swapped[next + 1]] = [swapped[next + 1]!, swapped[next]!];
      expect(hasVerhoeffDigit(swapped.join(''))).toBe(swapped.join('') === code);
    }),
  );
});

test.each(['', '-', '5', '12a-4', '94500-'])('%j is no LOINC code', (code) => expect(hasLoincDigit(code)).toBe(false));

test('codes in the form of their system pass', () => {
  const condition = compileRowValidator(pack.tables.get('condition')!);
  const medication = compileRowValidator(pack.tables.get('medication')!);
  const conditions = { 'ICD-10-CM': ['U07.1', 'J12.82', 'Z3A.40', 'C7A.00', 'S72.001A', 'I10', 'M1A.0110'], 'ICD-9-CM': ['480.3', 'V12.61', 'E812', '486'], RADLEX: ['RID1243'], DCM: ['121322'], LN: ['94500-6'] };
  const medications = { RXNORM: ['2284718', '161'], NDC: ['61958-2901-2', '0069-2023-10', '59267-100-01', '59267100001', '5926710001'], CVX: ['208', '03'] };
  for (const [condition_code_system, codes] of Object.entries(conditions))
    for (const condition_code of codes) expect(condition({ ...GOOD['condition'], condition_code, condition_code_system })).toEqual([]);
  for (const [medication_code_system, codes] of Object.entries(medications))
    for (const medication_code of codes) expect(medication({ ...GOOD['medication'], medication_code, medication_code_system })).toEqual([]);
});
