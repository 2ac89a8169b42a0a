import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withholdCases, withholdHidden } from '../catalog/cases.js';
import { hiddenParts, splitsAround } from '../model/hidden-parts.js';
import { expandSplits, type ExpandedSplit } from '../model/split-repeats.js';
import { loadRecord } from '../splits/run.js';
import type { CaseContext } from './case-rules.js';
import { readSeedRecord, secretSeed } from './seed-record.js';
import { refreshCaseTables, type Session } from './session.js';
import { splitOptions } from './split.js';

/**
 * Brings cases and frozen assignments up to date, and withholds the cases that `release.within` and hidden parts keep out of
 * releases.
 * @param undrawnToo whether cases that were not drawn yet are withheld too, as a release must; the gate looks ahead at them
 * @throws {CurationError} CONFIG_INVALID, SPLIT_RECORD_TAMPERED
 */
export async function refreshReleaseCases(session: Session, undrawnToo: boolean): Promise<CaseContext> {
  const { workspace, catalog } = session;
  const { config } = workspace;
  const context = await refreshCaseTables(session);
  for (const split of expandSplits(config.splits)) if (canBeDrawn(workspace, split)) await loadRecord(catalog, splitOptions(workspace, context, split.name));
  for (const [split, part] of Object.entries(config.release?.within ?? {})) await withholdCases(catalog, { split, part, undrawnToo });
  for (const { split, part, columns, mayGrow } of hiddenParts(config))
    await withholdHidden(catalog, { split, part, casesToo: columns === null, undrawnToo: undrawnToo && mayGrow, around: splitsAround(config, split) });
  return context;
}

/** Nothing was ever drawn with a secret seed that was not committed to. */
function canBeDrawn({ paths }: Session['workspace'], { name, base, config }: ExpandedSplit): boolean {
  return secretSeed(config) === null || readSeedRecord(paths, base) !== null || existsSync(join(paths.splits, `${name}.csv`));
}
