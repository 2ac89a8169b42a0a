import { assignCases } from '../../src/splits/assign.js';
import { measureBalance } from '../../src/splits/balance.js';
import { splitInput } from '../support/split-input.js';
import { syntheticCases } from '../support/synthetic-cases.js';

/** One draw of a synthetic collection in this process: CPU seconds, peak memory, balance. */
export function benchSplit(count: number, seed: string): Record<string, unknown> {
  const parts = [{ name: 'test', target: 0.2 }, { name: 'train', target: 0.7 }, { name: 'validation', target: 0.1 }];
  const input = splitInput({ ...syntheticCases(count), split: 'bench', seed, parts });
  const before = process.cpuUsage();
  const outcome = assignCases(input);
  const used = process.cpuUsage(before);
  const partOf = new Map(outcome.assigned.map(({ case_id, part }) => [case_id, part]));
  const names = parts.map(({ name }) => name);
  const { variables, joint } = measureBalance(input.variables, input.studyStart, input.cases.map((id) => names.indexOf(partOf.get(id) ?? '')), names);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    cases: count,
    cpu_seconds: (used.user + used.system) / 1e6,
    process_cpu_seconds: (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
    peak_mb: Math.round(process.resourceUsage().maxRSS / 1024),
    objective: outcome.objective,
    size_error: Math.max(...parts.map(({ name, target }) => Math.abs(outcome.assigned.filter(({ part }) => part === name).length - target * count))),
    max_difference: Math.max(...Object.values(variables).map((variable) => variable.max_difference)),
    total_variation: mean(Object.values(variables).map((variable) => variable.total_variation)),
    pair_total_variation: mean(Object.values(joint).map((pair) => pair.total_variation)),
    jsd: mean(Object.values(variables).map((variable) => variable.jsd)),
  };
}
