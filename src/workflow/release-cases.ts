import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withholdCases, withholdHidden } from '../catalog/cases.js';
import { hiddenParts, publishedSplitNames, splitsAround } from '../model/hidden-parts.js';
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
  for (const name of Object.keys(config.splits ?? {})) if (canBeDrawn(workspace, name)) await loadRecord(catalog, splitOptions(workspace, context, name));
  for (const [split, part] of Object.entries(config.release?.within ?? {})) await withholdCases(catalog, { split, part, undrawnToo });
  for (const { split, part, columns, mayGrow } of hiddenParts(config))
    await withholdHidden(catalog, { split, part, casesToo: columns === null, undrawnToo: undrawnToo && mayGrow, around: splitsAround(config, split) });
  return context;
}

/** Nothing was ever drawn with a secret seed that was not committed to. */
function canBeDrawn({ config, paths }: Session['workspace'], name: string): boolean {
  const split = config.splits?.[name];
  return split === undefined || secretSeed(split) === null || readSeedRecord(paths, name) !== null || existsSync(join(paths.splits, `${name}.csv`));
}

/** The splits whose rows a release publishes. */
export function publishedSplits({ config }: Session['workspace']): string[] {
  return publishedSplitNames(config);
}
