import { Random } from '../../src/splits/random.js';
import type { Tie } from '../../src/splits/groups.js';
import type { CellValue } from '../../src/splits/variable.js';
import type { TextInput } from './split-input.js';
import { sha256Hex } from '../../src/fixity/digest.js';

/** Categories with their relative frequencies, as in a collection of COVID-19 chest images; '' is missing. */
const VARIABLES: Record<string, [string, number][]> = {
  sex: [['Male', 50], ['Female', 47], ['', 2], ['Other', 1]],
  race: [['White', 50], ['Black or African American', 22], ['Asian', 7], ['Other', 8], ['Not Reported', 11], ['Native Hawaiian', 1], ['American Indian', 1]],
  ethnicity: [['Not Hispanic', 70], ['Hispanic', 17], ['Not Reported', 13]],
  age: [['0-17', 3], ['18-29', 9], ['30-39', 11], ['40-49', 13], ['50-64', 28], ['65-74', 18], ['75-84', 12], ['>=85', 5], ['', 1]],
  covid19_positive: [['Yes', 45], ['No', 50], ['', 5]],
  modality: [['DX', 40], ['CR', 25], ['CT', 14], ['CR+DX', 9], ['CT+DX', 8], ['MR', 1], ['CT+MR', 1], ['CR+CT+DX', 2]],
  site_id: Array.from({ length: 24 }, (_, site): [string, number] => [`S${site}`, 60 / (site + 1)]),
  manufacturer: [['GE', 30], ['Siemens', 25], ['Philips', 14], ['Carestream', 12], ['Fujifilm', 10], ['Agfa', 6], ['Canon', 3]],
  study_year: [['2018', 6], ['2019', 9], ['2020', 38], ['2021', 30], ['2022', 12], ['2023', 5]],
};

const MULTIPLE = new Map(VARIABLES.modality!.map(([text]) => [text, text.includes('+') ? text.split('+') : text]));

/** A seeded collection: most cases alone, some linked, values that depend on the site, 1 to 5 studies a case. */
export function syntheticCases(count: number, seed = 'synthetic'): Required<Pick<TextInput, 'cases' | 'rows' | 'variables' | 'ties'>> {
  const random = new Random(sha256Hex(seed));
  const cases = Array.from({ length: count }, (_, index) => `${419639 + Math.floor(index / 1000)}-${String(index % 1000).padStart(6, '0')}`);
  const rows = new Uint8Array(count);
  const values: CellValue[][] = Object.keys(VARIABLES).map(() => []);
  for (let index = 0; index < count; index++) {
    rows[index] = 1 + (random.below(2) === 0 ? random.below(4) : 0);
    for (const [variable, [name, categories]] of Object.entries(VARIABLES).entries()) {
      const drawn = pick(categories, random);
      values[variable]!.push(name === 'modality' ? MULTIPLE.get(drawn)! : drawn);
    }
  }
  const ties: Tie[] = [];
  for (let pair = 0; pair < count / 70; pair++) {
    ties.push({ kind: 'patient', key: `P${pair}`, case_id: cases[random.below(count)]! });
    ties.push({ kind: 'patient', key: `P${pair}`, case_id: cases[random.below(count)]! });
  }
  const variables = Object.keys(VARIABLES).map((name, index) => ({ name, weight: 1, values: values[index]! }));
  return { cases, rows, variables, ties };
}

function pick(categories: [string, number][], random: Random): string {
  let left = random.unit() * categories.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [text, weight] of categories) if ((left -= weight) < 0) return text;
  return categories[0]![0];
}
