import { PROJECT, type CovidStatus, type Patient } from './cohort.js';
import { SeededDraw } from './seeded-draw.js';

export interface CovidTest {
  day: number;
  method: 'RT-PCR' | 'Rapid antigen test';
  result: 'Positive' | 'Negative' | 'Indeterminate';
}

export interface Condition {
  name: string;
  code: string;
  startDay: number;
  endDay: number | null;
}

export interface Stay {
  admission: number;
  discharge: number;
  /** First and last day in intensive care; null: none. */
  icu: readonly [number, number] | null;
  /** First and last day on a ventilator; null: none. */
  ventilator: readonly [number, number] | null;
}

/** What happened to an invented patient besides imaging; days count from the index event. */
export interface ClinicalCourse {
  covid: CovidStatus;
  tests: CovidTest[];
  conditions: Condition[];
  stay: Stay | null;
  medications: { name: string; rxnorm: string; type: string; startDay: number; endDay: number | null }[];
}

/** Conditions before the index event, with the share of adults that have them here. */
const HISTORY = [
  { name: 'Essential (primary) hypertension', code: 'I10', share: 0.35 },
  { name: 'Type 2 diabetes mellitus without complications', code: 'E11.9', share: 0.18 },
  { name: 'Unspecified asthma, uncomplicated', code: 'J45.909', share: 0.12 },
  { name: 'Chronic obstructive pulmonary disease, unspecified', code: 'J44.9', share: 0.1 },
] as const;

/** The course of a patient; `covid` overrides the patient's own status, for a correction. */
export function inventCourse(patient: Patient, covid: CovidStatus): ClinicalCourse {
  const draw = new SeededDraw(`${patient.caseId}|course`);
  const tests = inventTests(covid, draw);
  const stay = draw.chance(patient.covid === 'Yes' ? 0.5 : 0.25) ? inventStay(draw) : null;
  const history = HISTORY.filter(({ share }) => draw.chance(share)).map(
    ({ name, code }): Condition => ({ name, code, startDay: -draw.integer(200, 4000), endDay: null }),
  );
  const infection: Condition[] = covid === 'Yes' ? [{ name: 'COVID-19', code: 'U07.1', startDay: 0, endDay: draw.integer(10, 30) }] : [];
  const steroid = covid === 'Yes' && stay !== null ? [{ name: 'dexamethasone', rxnorm: '3264', type: 'Systemic steroids', startDay: stay.admission, endDay: stay.discharge }] : [];
  const inhaler = history
    .filter(({ code }) => code.startsWith('J4'))
    .slice(0, 1)
    .map(({ startDay }) => ({ name: 'albuterol', rxnorm: '435', type: 'Bronchodilator', startDay, endDay: null }));
  return { covid, tests, conditions: [...history, ...infection], stay, medications: [...inhaler, ...steroid] };
}

function inventTests(covid: CovidStatus, draw: SeededDraw): CovidTest[] {
  const earlier = draw.chance(0.2) ? [-draw.integer(5, 30)] : [];
  const later = draw.chance(0.3) ? [draw.integer(10, 25)] : [];
  const method = draw.chance(0.8) ? 'RT-PCR' : 'Rapid antigen test';
  if (covid === 'Not Reported') return [];
  const result = { Yes: 'Positive', No: 'Negative', Indeterminate: 'Indeterminate' }[covid] as CovidTest['result'];
  const negative = (day: number): CovidTest => ({ day, method: 'RT-PCR', result: 'Negative' });
  return [...earlier.map(negative), { day: 0, method, result }, ...later.map(negative)];
}

function inventStay(draw: SeededDraw): Stay {
  const admission = draw.integer(0, 3);
  const discharge = admission + draw.integer(4, 16);
  const icu = draw.chance(0.35) ? ([admission + 1, discharge - 1] as const) : null;
  return { admission, discharge, icu, ventilator: icu !== null && draw.chance(0.6) ? [icu[0], icu[1] - 1] : null };
}

/** The event that is day 0: the first test, or, for who was never tested, the first study. */
export function indexEvent(covid: CovidStatus): string {
  return covid === 'Not Reported' ? 'First Imaging Study' : 'COVID-19 Test';
}

/** What the second state does to cases of the first. */
export interface Changes {
  /** Its test turned out to be positive. */
  corrected: string;
  /** Consent was taken back; the sources still hold it. */
  withdrawn: string;
  /** The curators accepted it after all. */
  released: string;
}

/** Chooses the three cases: of the first state, apart from each other, of a kind where the change means something. */
export function chooseChanges(cohort: readonly Patient[]): Changes {
  const first = cohort.filter(({ arrives }) => arrives === 'first');
  const accepted = first.filter(({ project, age }) => project !== PROJECT.hold && age <= 89);
  const corrected = accepted.find(({ covid, studies }) => covid === 'No' && studies[0]!.modality === 'DX');
  const withdrawn = accepted.find(({ covid, studies }, position) => position > 10 && covid === 'Yes' && studies[0]!.modality === 'CT');
  const released = first.find(({ project }) => project === PROJECT.hold);
  if (corrected === undefined || withdrawn === undefined || released === undefined) throw new Error('The cohort lacks a case to correct, withdraw or release');
  return { corrected: corrected.caseId, withdrawn: withdrawn.caseId, released: released.caseId };
}
