import { keyedRandom } from '../../src/splits/search/random.js';

/** Counts of MIDRC's demonstration (MIDRC/task-based-sampling, results before sampling): 4,016 cases with CT. */
const COUNTS = {
  age_at_index: { '[18, 30)': 146, '[30, 40)': 247, '[40, 50)': 380, '[50, 65)': 1259, '[65, 75)': 1071, '[75, 85)': 698, '[85, 140)': 215 },
  race: { 'American Indian or Alaska Native': 10, Asian: 320, 'Black or African American': 714, 'Native Hawaiian or other Pacific Islander': 9, 'Not Reported': 701, Other: 62, White: 2200 },
  sex: { Female: 1955, Male: 2060, 'Not Reported': 1 },
  ethnicity: { 'Hispanic or Latino': 309, 'Not Hispanic or Latino': 3468, 'Not Reported': 239 },
  covid19_positive: { No: 2517, Yes: 1499 },
} as const;

export type TaskColumn = keyof typeof COUNTS;

/** Names of the columns. */
export const TASK_COLUMNS = Object.keys(COUNTS) as TaskColumn[];

/** A case a row, with the categories of that cohort in exactly its counts, one variable independent of the other. */
export function taskCohort(seed: string): Record<TaskColumn, string>[] {
  const columns = TASK_COLUMNS.map((column) => {
    const categories = Object.entries(COUNTS[column]).flatMap(([category, count]) => Array.from({ length: count as number }, () => category));
    const order = Uint32Array.from(categories.keys());
    keyedRandom(seed, column).shuffle(order);
    return Array.from(order, (at) => categories[at]!);
  });
  return columns[0]!.map((_, row) => Object.fromEntries(TASK_COLUMNS.map((column, at) => [column, columns[at]![row]!])) as Record<TaskColumn, string>);
}
