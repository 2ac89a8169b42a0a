import { withholdCases } from '../catalog/cases.js';
import { expandSplits } from '../model/split-repeats.js';
import { loadRecord } from '../splits/run.js';
import type { CaseContext } from './case-rules.js';
import { refreshCaseTables, type Session } from './session.js';
import { splitOptions } from './split.js';

/**
 * Brings cases and frozen assignments up to date, and withholds the cases that `release.within` keeps out of releases.
 * @param undrawnToo whether cases that were not drawn yet are withheld too, as a release must; the gate looks ahead at them
 * @throws {CurationError} CONFIG_INVALID, SPLIT_RECORD_TAMPERED
 */
export async function refreshReleaseCases(session: Session, undrawnToo: boolean): Promise<CaseContext> {
  const { workspace, catalog } = session;
  const context = await refreshCaseTables(session);
  for (const { name } of expandSplits(workspace.config.splits)) await loadRecord(catalog, splitOptions(workspace, context, name));
  for (const [split, part] of Object.entries(workspace.config.release?.within ?? {})) await withholdCases(catalog, { split, part, undrawnToo });
  return context;
}
