import type { JointReport, VariableReport } from '../../model/split.js';
import { reportJoint } from './measures/joint-report.js';
import { countPairs, partUnits, type PartedUnits } from './measures/tally.js';
import { reportVariable } from './measures/variable-report.js';
import type { Variable } from '../input/variable.js';

/** How alike the parts are, per variable and per pair of variables (`a × b`, in the order given). */
export interface Balance {
  variables: Record<string, VariableReport>;
  joint: Record<string, JointReport>;
}

/**
 * Measures the balance of an assignment. A case with several values counts once in each of them, a study in those that it
 * has: `max_difference` is about shares of cases (studies), the distances are about the distribution of all values. A pair
 * of variables counts studies as soon as one of them does.
 * @param partOf Part of every case, as an index into `names`; -1 leaves the case out.
 */
export function measureBalance(variables: readonly Variable[], studyStart: Uint32Array, partOf: ArrayLike<number>, names: readonly string[]): Balance {
  const units = partBothLevels(studyStart, partOf, names.length);
  const joint: [string, JointReport][] = [];
  for (const [at, one] of variables.entries()) {
    for (const other of variables.slice(at + 1)) {
      const level = one.level === 'case' && other.level === 'case' ? 'case' : 'study';
      const table = countPairs(units.at(one, level), units.at(other, level), units[level]);
      joint.push([`${one.name} × ${other.name}`, reportJoint(table, one.categories, other.categories, names)]);
    }
  }
  return {
    variables: Object.fromEntries(variables.map((variable) => [variable.name, reportVariable(variable, units[variable.level], names)])),
    joint: Object.fromEntries(joint),
  };
}

/** Cases and studies by part, and variables as they are at either level. */
export interface UnitsByPart {
  case: PartedUnits;
  study: PartedUnits;
  /** A variable with one set a case, or one a study: of studies, those of cases have the value of their case. */
  at(variable: Variable, level: Variable['level']): Variable;
}

/** Puts cases and their studies into parts. */
export function partBothLevels(studyStart: Uint32Array, partOf: ArrayLike<number>, parts: number): UnitsByPart {
  const caseOf = new Uint32Array(studyStart.at(-1) ?? 0);
  for (let index = 0; index + 1 < studyStart.length; index++) caseOf.fill(index, studyStart[index], studyStart[index + 1]);
  const expanded = new Map<Variable, Variable>();
  const expand = (variable: Variable) => {
    const known = expanded.get(variable);
    if (known !== undefined) return known;
    const ofStudies = { ...variable, level: 'study' as const, setOf: Uint32Array.from(caseOf, (index) => variable.setOf[index]!), numbers: null };
    expanded.set(variable, ofStudies);
    return ofStudies;
  };
  return {
    case: partUnits(Int16Array.from(partOf), parts),
    study: partUnits(Int16Array.from(caseOf, (index) => partOf[index]!), parts),
    at: (variable, level) => (variable.level === level ? variable : expand(variable)),
  };
}
