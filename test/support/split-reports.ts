import type { VariableReport } from '../../src/model/split.js';

/** A variable of a report with nothing to tell, but for what is given. */
export function variableReport(given: Partial<VariableReport> = {}): VariableReport {
  return {
    max_difference: 0, total_variation: 0, jsd: 0, level: 'case', not_reported: 0, not_reported_categories: [], jsd_reported: 0, smd: 0, smd_category: null, smd_multinomial: 0,
    ks: null, wasserstein: null, categories: [], more_categories: 0, continuous: null, pairs: [], permutation: null, ...given,
  };
}
