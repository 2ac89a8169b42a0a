import { CurationError } from '../../errors.js';
import { nearMiss } from '../../model/near-miss.js';
import { adviseCohort, type CohortAdvice } from './advice.js';
import type { CohortInput } from './input.js';
import { casesAllowed } from './report.js';
import { caseCategories } from '../input/case-categories.js';
import type { SplitInput } from '../input/problem.js';

/** How many rules of a contradiction are named, and how many missing categories. */
const MAX_NAMED = 20;
const MAX_MISSING = 3;

/** Says why a sample cannot be drawn: which targets contradict each other with how many cases, and what would help. */
export async function explainCohort(input: SplitInput, cohort: CohortInput, kind: 'infeasible' | 'undecided'): Promise<CurationError> {
  const { problem, supply } = cohort;
  const fixed = problem.groups.reduce((sum, { cases, state }) => sum + (state === 'fixed' ? cases : 0), 0);
  if (kind === 'undecided')
    return infeasible(`No sample of ${input.split} was found, and none was ruled out.`, ['Raise sample.tolerance, or leave out a target.']);
  if (supply === 0)
    return infeasible(`No case can be in the sample ${input.split}: none has a value that the targets name in all of ${cohort.targets.map(({ name }) => name).join(', ')}.`, [
      'Write the categories of the targets as the tables have them.',
    ]);
  if (problem.size !== null && problem.size < fixed)
    return infeasible(`The sample ${input.split} is to have ${problem.size} cases, and ${fixed} are in it already, frozen or forced.`, [`Set sample.size to ${fixed} or more.`]);
  const advice = await adviseCohort(problem);
  const lines = [
    ...(fixed > 0 ? [`${fixed} cases that are in it already, frozen or forced`] : []),
    ...(advice.size ? [`a sample of ${problem.size} cases, of ${supply} that can be in one`] : []),
    ...advice.contradiction.slice(0, MAX_NAMED).map((at) => describeMeasure(cohort, at)),
    ...(advice.contradiction.length > MAX_NAMED ? [`… and ${advice.contradiction.length - MAX_NAMED} more`] : []),
  ];
  return infeasible([`No sample of ${input.split} meets these together:`, ...lines.map((line) => `  ${line}`)].join('\n'), suggest(input, cohort, advice));
}

function infeasible(message: string, suggestions: string[]): CurationError {
  return new CurationError('SPLIT_INFEASIBLE', message, { suggestions });
}

function suggest(input: SplitInput, { problem, available, targets, firstMeasure }: CohortInput, advice: CohortAdvice): string[] {
  const missing = advice.contradiction.filter((at) => available[at] === 0 && problem.measures[at]!.wanted.kind === 'share');
  const named = missing.slice(0, MAX_MISSING).map((at) => {
    const target = targets.findLastIndex((_, index) => firstMeasure[index]! <= at);
    const { name, categories } = targets[target]!;
    const known = input.variables.some((variable) => variable.name === name) ? caseCategories(input, name).categories : [];
    const near = nearMiss(categories[at - firstMeasure[target]!]!.label, [...known]);
    return `Take ${problem.measures[at]!.name} out of the targets: no case has it.${near === undefined ? '' : ` Or did you mean ${near}?`}`;
  });
  return [
    ...named,
    ...(advice.size && advice.largest !== null && advice.largest < problem.size! ? [`Lower sample.size to ${advice.largest} or less.`] : []),
    ...(advice.tolerance === null ? [] : [`Raise sample.tolerance to ${advice.tolerance} or more.`]),
    ...(lonely(advice) ? [] : ['Or leave out one of these rules: the others can be met then.']),
  ];
}

function lonely({ contradiction, size }: CohortAdvice): boolean {
  return contradiction.length + (size ? 1 : 0) < 2;
}

function describeMeasure({ problem, available }: CohortInput, at: number): string {
  const measure = problem.measures[at]!;
  const count = available[at]!;
  const cases = count === 0 ? 'no case has it' : `${count} ${count === 1 ? 'case has' : 'cases have'} it`;
  if (measure.wanted.kind === 'count') return `${measure.name}: ${cases}`;
  const allows = casesAllowed(measure, count);
  const enough = allows === null || count === 0 ? '' : `, enough for a sample of ${allows}`;
  return `${measure.name}: ${percent(measure.wanted.target)} ± ${percent(measure.wanted.tolerance)}; ${cases}${enough}`;
}

function percent(share: number): string {
  return `${Number((share * 100).toFixed(2))} %`;
}
