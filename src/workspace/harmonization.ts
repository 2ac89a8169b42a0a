import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { keyLinks, patientColumn } from '../clinical/harmonization/key-links.js';
import { planDefects, type PlanDefect } from '../clinical/harmonization/plan-defects.js';
import { OWN_RULES, planHarmonization, type HarmonizationPlan } from '../clinical/harmonization/plan.js';
import { CurationError } from '../errors.js';
import type { SchemaPack } from '../model/clinical.js';
import type { HarmonizationSet } from '../model/harmonization.js';
import { nearMiss } from '../model/near-miss.js';
import { schemaFolder, type Workspace } from './workspace.js';
import { locateInYaml, readYamlFile } from './yaml-file.js';

/** The rule set of a schema pack, beside its pack.json. */
const SET_FILE = 'harmonize.json';

/**
 * The rules that mend spellings in this workspace: those of the sets that `harmonize.sets` names and those of `harmonize.rules`;
 * null when there is none.
 * @throws {CurationError} CONFIG_INVALID for a set that is not there, a rule that contradicts another, or one that would tear keys
 */
export function loadHarmonization(workspace: Workspace, pack: SchemaPack | null): HarmonizationPlan | null {
  const { config } = workspace;
  if (config.harmonize === undefined) return null;
  const { sets = [], rules = {} } = config.harmonize;
  const keys = { links: keyLinks(config, pack), patient: patientColumn(config, pack) };
  const plan = planHarmonization(sets.map((name, index) => readSet(workspace, pack, name, index)), rules, keys);
  const defects = plan === null ? [] : [...planDefects(plan, pack)];
  if (defects.length > 0) throw invalid(workspace, defects);
  return plan;
}

function readSet(workspace: Workspace, pack: SchemaPack | null, name: string, index: number): HarmonizationSet {
  const folder = schemaFolder(workspace);
  const path = folder === null ? null : join(folder, SET_FILE);
  const set = path !== null && existsSync(path) ? readYamlFile<HarmonizationSet>(path, 'harmonization.v1') : null;
  if (set !== null && set.name === name && workspace.config.harmonize?.sets?.indexOf(name) === index) return set;
  const known = set === null ? [] : [set.name];
  const near = nearMiss(name, known);
  throw new CurationError('CONFIG_INVALID', `${locateInYaml(workspace.paths.config, ['harmonize', 'sets', index])}: there is no rule set ${name}${set?.name === name ? ' twice' : ''}`, {
    expected: known.length > 0 ? known.join(', ') : `a ${SET_FILE} beside the pack.json of the schema pack${pack === null ? ', and there is no pack' : ` ${pack.name}`}`,
    found: name,
    suggestions: near === undefined ? ['Packs of earlier versions have no rule set: copy harmonize.json from `colophon init` in an empty folder.'] : [`Did you mean ${near}?`],
  });
}

function invalid({ paths }: Workspace, defects: readonly PlanDefect[]): CurationError {
  const lines = defects.map(({ rule: { id, table, column }, message }) => {
    const own = id.startsWith(`${OWN_RULES}/`) ? locateInYaml(paths.config, ['harmonize', 'rules', `${table}.${column}`]) : SET_FILE;
    return `${own}: harmonize: ${table}.${column}, rule ${id}: ${message}`;
  });
  return new CurationError('CONFIG_INVALID', lines.join('\n'), { suggestions: [...new Set(defects.flatMap(({ suggestions }) => suggestions ?? []))] });
}
