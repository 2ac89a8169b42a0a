import { sha256Hex } from '../../src/fixity/digest.js';
import type { Tie } from '../../src/splits/input/groups.js';
import { Random } from '../../src/splits/search/random.js';
import type { CellValue } from '../../src/splits/input/variable.js';
import type { TextInput } from './split-input.js';

/** Categories with their relative frequencies; '' is missing. */
type Frequencies = readonly (readonly [category: string, weight: number])[];

const SITES = 24;

/** The variables in the order in which they are drawn: each depends on those before it. */
const NAMES = ['sex', 'race', 'ethnicity', 'age', 'covid19_positive', 'modality', 'site_id', 'manufacturer', 'study_year'] as const;
type Name = (typeof NAMES)[number];

/** What holds over all sites, as in a collection of COVID-19 chest images. */
const OVERALL: Record<Exclude<Name, 'manufacturer'>, Frequencies> = {
  sex: [['Male', 510], ['Female', 468], ['', 17], ['Other', 5]],
  race: [['White', 520], ['Black or African American', 210], ['Asian', 55], ['Other', 75], ['Not Reported', 120], ['American Indian or Alaska Native', 12], ['Native Hawaiian or Other Pacific Islander', 8]],
  ethnicity: [['Not Hispanic or Latino', 720], ['Hispanic or Latino', 150], ['Not Reported', 130]],
  age: [['0-17', 30], ['18-29', 85], ['30-39', 105], ['40-49', 130], ['50-64', 275], ['65-74', 190], ['75-84', 120], ['85+', 50], ['', 15]],
  covid19_positive: [['Yes', 440], ['No', 520], ['', 40]],
  modality: [['DX', 420], ['CR', 270], ['CT', 130], ['CR,DX', 60], ['CT,DX', 70], ['CR,CT', 30], ['MR', 8], ['CT,MR', 4], ['CR,CT,DX', 8]],
  site_id: Array.from({ length: SITES }, (_, site) => [`S${String(site).padStart(2, '0')}`, 1000 / (site + 1.5)]),
  study_year: [['2018', 30], ['2019', 60], ['2020', 400], ['2021', 330], ['2022', 130], ['2023', 50]],
};

const MANUFACTURERS = ['GE', 'Siemens', 'Philips', 'Carestream', 'Fujifilm', 'Agfa', 'Canon', 'Konica Minolta', 'Samsung'];
const STUDIES: Frequencies = [['1', 530], ['2', 230], ['3', 120], ['4', 75], ['5', 45]];

/** How a site differs from the whole: a factor on the frequency of every category, drawn once. */
type Tilts = Record<Name, Frequencies>;

/**
 * A seeded collection with skewed and correlated variables: the site drives race, manufacturer, modality, year and what is
 * missing; race drives ethnicity; age and year drive positivity; positivity drives modality. 1 to 5 studies a case (1.88 on
 * average); some 1.1 % of the groups are two or three linked cases that share what belongs to the patient.
 */
export function syntheticCases(count: number, seed = 'synthetic'): Required<Pick<TextInput, 'cases' | 'rows' | 'variables' | 'ties'>> {
  const random = new Random(sha256Hex(seed));
  const cases = Array.from({ length: count }, (_, index) => `${419639 + Math.floor(index / 1000)}-${String(index % 1000).padStart(6, '0')}`);
  const sampler = new Sampler(Array.from({ length: SITES }, () => drawSite(random)));
  const rows = new Uint8Array(count);
  const values: Record<Name, CellValue[]> = { sex: [], race: [], ethnicity: [], age: [], covid19_positive: [], modality: [], site_id: [], manufacturer: [], study_year: [] };
  for (let index = 0; index < count; index++) {
    rows[index] = Number(pick(STUDIES, random));
    sampler.drawCase(random, (name, category) => values[name].push(name === 'modality' ? modalities(category) : category));
  }
  const ties = linkCases(cases, values, random);
  return { cases, rows, variables: NAMES.map((name) => ({ name, weight: 1, values: values[name] })), ties };
}

const MULTIPLE = new Map(OVERALL.modality.map(([text]) => [text, text.includes(',') ? text.split(',') : text]));

function modalities(category: string): CellValue {
  return MULTIPLE.get(category)!;
}

/** A site of its own kind: two or three makes of machine, few modalities, some years, its own neighbourhood. */
function drawSite(random: Random): Tilts {
  const tilted = (frequencies: Frequencies, spread: number): Frequencies =>
    frequencies.map(([category, weight]) => [category, weight * Math.max(0.02, 1 + spread * (random.unit() + random.unit() - 1))]);
  const first = random.below(MANUFACTURERS.length);
  const makes = [first, (first + 1 + random.below(3)) % MANUFACTURERS.length, (first + 4 + random.below(4)) % MANUFACTURERS.length];
  return {
    sex: tilted(OVERALL.sex, 0.2),
    race: tilted(OVERALL.race, 1.8),
    ethnicity: tilted(OVERALL.ethnicity, 0.8),
    age: tilted(OVERALL.age, 0.5),
    covid19_positive: tilted(OVERALL.covid19_positive, 0.8),
    modality: tilted(OVERALL.modality, 2.2),
    site_id: [],
    manufacturer: [...makes.map((make, at): [string, number] => [MANUFACTURERS[make]!, [70, 24, 5.5][at]!]), ['', 0.5]],
    study_year: tilted(OVERALL.study_year, 1.2),
  };
}

/** Factors on a category that follow from another variable's value. */
const FOLLOWS: Record<string, Record<string, Record<string, number>>> = {
  ethnicity: {
    Other: { 'Hispanic or Latino': 5 },
    'Not Reported': { 'Not Reported': 6, 'Hispanic or Latino': 1.5 },
    Asian: { 'Hispanic or Latino': 0.1 },
    'Black or African American': { 'Hispanic or Latino': 0.25 },
  },
  covid19_positive: { '0-17': { Yes: 0.45 }, '18-29': { Yes: 1.25 }, '75-84': { Yes: 0.8 }, '85+': { Yes: 0.7 } },
  modality: { Yes: { CT: 0.7, 'CT,DX': 1.4, 'CR,CT': 1.4, DX: 1.2 }, '': { MR: 4 } },
  study_year: { Yes: { '2018': 0.02, '2019': 0.05, '2020': 1.3 } },
};

/** Draws cases variable by variable; the frequencies that belong to a site and a value are worked out once. */
class Sampler {
  private readonly known = new Map<string, Frequencies>();

  constructor(private readonly sites: readonly Tilts[]) {}

  drawCase(random: Random, take: (name: Name, category: string) => void): void {
    const site_id = pick(OVERALL.site_id, random);
    const site = Number(site_id.slice(1));
    const draw = (name: Name, after = '-') => {
      const category = pick(this.frequencies(name, site, after), random);
      take(name, category);
      return category;
    };
    take('site_id', site_id);
    draw('sex');
    draw('ethnicity', draw('race'));
    const positive = draw('covid19_positive', draw('age'));
    draw('modality', positive);
    draw('manufacturer');
    draw('study_year', positive);
  }

  private frequencies(name: Name, site: number, after: string): Frequencies {
    const key = `${name}|${site}|${after}`;
    const known = this.known.get(key);
    if (known !== undefined) return known;
    const factors = FOLLOWS[name]?.[after] ?? {};
    const worked: Frequencies = this.sites[site]![name].map(([category, weight]) => [category, weight * (factors[category] ?? 1)]);
    this.known.set(key, worked);
    return worked;
  }
}

/** Links cases of one patient until 1.2 % of the cases have lost a group of their own; every sixth group has three. */
function linkCases(cases: readonly string[], values: Record<Name, CellValue[]>, random: Random): Tie[] {
  const order = Uint32Array.from(cases.keys());
  random.shuffle(order);
  const ties: Tie[] = [];
  let [merged, at] = [0, 0];
  for (let group = 0; merged < Math.round(0.012 * cases.length); group++) {
    const members = order.subarray(at, at + (group % 6 === 5 ? 3 : 2));
    at += members.length;
    merged += members.length - 1;
    for (const member of members) {
      ties.push({ kind: 'patient', key: `P${group}`, case_id: cases[member]! });
      for (const name of ['sex', 'race', 'ethnicity', 'age'] as const) values[name][member] = values[name][members[0]!]!;
    }
  }
  return ties;
}

function pick(categories: Frequencies, random: Random): string {
  let left = random.unit() * categories.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [text, weight] of categories) if ((left -= weight) < 0) return text;
  return categories[0]![0];
}
