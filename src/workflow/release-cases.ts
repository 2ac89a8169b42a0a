import { withholdCases } from '../catalog/cases.js';
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
  for (const name of Object.keys(workspace.config.splits ?? {})) await loadRecord(catalog, splitOptions(workspace, context, name));
  for (const [split, part] of Object.entries(workspace.config.release?.within ?? {})) await withholdCases(catalog, { split, part, undrawnToo });
  return context;
}

/** The splits that a release publishes: all but the one that decides what is in it. */
export function publishedSplits({ config }: Session['workspace']): string[] {
  return Object.keys(config.splits ?? {}).filter((name) => !(name in (config.release?.within ?? {})));
}
