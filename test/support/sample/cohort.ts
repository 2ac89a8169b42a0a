import { drawByShares, SeededDraw } from './seeded-draw.js';
import type { PictureKind } from './picture.js';

export type CovidStatus = 'Yes' | 'No' | 'Indeterminate' | 'Not Reported';

/** What is imaged on one occasion. */
export interface StudyPlan {
  modality: 'CR' | 'DX' | 'CT';
  /** One series a kind; a localizer comes before the slices. */
  kinds: PictureKind[];
  /** Days after the index event. */
  dayFromIndex: number;
}

/** An invented patient. */
export interface Patient {
  caseId: string;
  siteId: string;
  zip: string;
  /** Project that owns the case: accepted ones are in A1 or R1. */
  project: string;
  /** With which state of the sample the case arrives. */
  arrives: 'first' | 'second';
  sex: 'Female' | 'Male' | 'Not Reported';
  race: string;
  ethnicity: string;
  /** Whole years at the index event; over 89 only where the tables say so by `*_gt89`. */
  age: number;
  covid: CovidStatus;
  /** The index event on the shifted calendar of this patient, days since 1970-01-01. */
  indexDay: number;
  studies: StudyPlan[];
}

/** Projects whose cases are accepted; HOLD waits for the curators. */
export const PROJECT = { acr: 'Demo-A1', rsna: 'Demo-R1', hold: 'Demo-HOLD' } as const;

/** Sites, with the project they send to and the postal area around them. */
const SITES = [
  { siteId: '218417', project: PROJECT.acr, zip: '021', share: 14 },
  { siteId: '330562', project: PROJECT.acr, zip: '303', share: 11 },
  { siteId: '461089', project: PROJECT.rsna, zip: '606', share: 10 },
  { siteId: '507734', project: PROJECT.rsna, zip: '941', share: 7 },
] as const;

const CASES = 42;
/** How many of the cases, in order of arrival, are in the first state. */
const FIRST_CASES = 35;
/** Positions, in order of arrival, of cases that the curators hold back. */
const HELD = [5, 13, 21, 30];

/** Shares in MIDRC's open collections on 2024-03-04 (MIDRC-REACT, cumulative by batch), without ages below 18. */
const SEX = [['Female', 51.52], ['Male', 48.44], ['Not Reported', 1]] as const;
const RACE = [
  ['White', 52.4],
  ['Black or African American', 30.67],
  ['Asian', 5.23],
  ['Other', 3.47],
  ['Not Reported', 7.75],
] as const;
const ETHNICITY = [['Not Hispanic or Latino', 83.67], ['Hispanic or Latino', 8.62], ['Not Reported', 7.71]] as const;
const AGE: readonly (readonly [readonly [number, number], number])[] = [
  [[18, 29], 7.12],
  [[30, 39], 10.23],
  [[40, 49], 12.02],
  [[50, 64], 27.53],
  [[65, 74], 19.32],
  [[75, 84], 13.46],
  [[85, 89], 8.21],
];
const COVID = [['No', 50], ['Yes', 47.45], ['Indeterminate', 2.4], ['Not Reported', 2.4]] as const;

type Imaging = 'CR' | 'DX' | 'CT' | 'CT with localizer' | 'CR and CT' | 'DX twice';
const IMAGING = [['CR', 12], ['DX', 13], ['CT', 9], ['CT with localizer', 2], ['CR and CT', 3], ['DX twice', 3]] as const;

/** The 42 invented patients, in order of arrival. */
export function inventCohort(): Patient[] {
  const draw = new SeededDraw('colophon demo sample 1|cohort');
  const sites = drawByShares(draw, SITES.map((site) => [site, site.share] as const), CASES);
  const sexes = drawByShares(draw, SEX, CASES);
  const races = drawByShares(draw, RACE, CASES);
  const ethnicities = drawByShares(draw, ETHNICITY, CASES);
  const ages = drawByShares(draw, AGE, CASES);
  const covids = drawByShares(draw, COVID, CASES);
  const imagings = drawByShares<Imaging>(draw, IMAGING, CASES);
  const lastNumber = new Map<string, number>();
  const patients = sites.map((site, position): Patient => {
    const number = (lastNumber.get(site.siteId) ?? draw.integer(10, 400)) + draw.integer(1, 90);
    lastNumber.set(site.siteId, number);
    const caseId = `${site.siteId}-${String(number).padStart(6, '0')}`;
    return {
      caseId,
      siteId: site.siteId,
      zip: site.zip,
      project: HELD.includes(position) ? PROJECT.hold : site.project,
      arrives: position < FIRST_CASES ? 'first' : 'second',
      sex: sexes[position]!,
      race: races[position]!,
      ethnicity: ethnicities[position]!,
      age: draw.integer(ages[position]![0], ages[position]![1]),
      covid: covids[position]!,
      indexDay: Date.UTC(2020, 3, 1) / 86_400_000 + draw.integer(0, 780),
      studies: countDays(covids[position]!, planStudies(imagings[position]!, new SeededDraw(`${caseId}|studies`))),
    };
  });
  const oldest = patients.find(({ age, arrives, project }) => age > 84 && arrives === 'first' && project !== PROJECT.hold);
  if (oldest === undefined) throw new Error('No accepted case is old enough to become the one over 89');
  oldest.age = 92;
  return patients;
}

/** Project that accepted cases of a site are in. */
export function siteProject(siteId: string): string {
  const site = SITES.find((candidate) => candidate.siteId === siteId);
  if (site === undefined) throw new Error(`No site ${siteId}`);
  return site.project;
}

/** Days count from the test; where none is reported, from the first study, which is then day 0. */
function countDays(covid: Patient['covid'], studies: StudyPlan[]): StudyPlan[] {
  const first = covid === 'Not Reported' ? Math.min(...studies.map(({ dayFromIndex }) => dayFromIndex)) : 0;
  return studies.map((study) => ({ ...study, dayFromIndex: study.dayFromIndex - first }));
}

function planStudies(imaging: Imaging, draw: SeededDraw): StudyPlan[] {
  const first = draw.integer(0, 6);
  const view = (): PictureKind => (draw.chance(0.6) ? 'pa' : 'ap');
  const slices = (): PictureKind => (draw.chance(0.6) ? 'mid-chest' : 'inlet');
  switch (imaging) {
    case 'CR':
    case 'DX':
      return [{ modality: imaging, kinds: [view()], dayFromIndex: first }];
    case 'CT':
      return [{ modality: 'CT', kinds: [slices()], dayFromIndex: first }];
    case 'CT with localizer':
      return [{ modality: 'CT', kinds: ['localizer', slices()], dayFromIndex: first }];
    case 'CR and CT':
      return [
        { modality: 'CR', kinds: [view()], dayFromIndex: first },
        { modality: 'CT', kinds: [slices()], dayFromIndex: first + draw.integer(1, 5) },
      ];
    case 'DX twice': {
      const kinds = [view()];
      return [
        { modality: 'DX', kinds, dayFromIndex: first },
        { modality: 'DX', kinds, dayFromIndex: first + draw.integer(6, 45) },
      ];
    }
  }
}
