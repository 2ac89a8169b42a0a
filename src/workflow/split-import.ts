import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { nearMiss } from '../model/near-miss.js';
import { configuredParts } from '../model/split-parts.js';
import type { ImportReport } from '../model/split-import.js';
import { importRecord } from '../splits/record/import.js';
import { readListFile } from '../splits/lists/list-file.js';
import type { Workspace } from '../workspace/workspace.js';
import { importStatus } from './exit-status.js';
import { withOneSplit } from './split.js';

/** Which file becomes history, and how to read it. */
export interface ImportSplitOptions {
  file: string;
  caseColumn?: string;
  partColumn?: string;
  /** Part by name in the list; '' leaves its rows out. */
  map: ReadonlyMap<string, string>;
  /** Date that goes into the record, YYYY-MM-DD; today by default. */
  date?: string;
  keepTorn: boolean;
  dryRun: boolean;
}

/**
 * Makes a former master list frozen history of a split.
 * @throws {CurationError} SPLIT_UNKNOWN, SPLIT_LIST_INVALID, SPLIT_CONFLICT, SPLIT_RECORD_TAMPERED, USAGE, CATALOG_EMPTY
 */
export function importWorkspaceSplit(workspace: Workspace, name: string, options: ImportSplitOptions, effects: Effects = defaultEffects): Promise<ImportReport> {
  const { file, date, ...how } = options;
  return withOneSplit(workspace, name, `importing the history of the split ${name}`, effects, ({ catalog }, split) => {
    assertMapped(options.map, Object.keys(configuredParts(split.config)));
    const since = date ?? effects.now().toISOString().slice(0, 10);
    return importRecord(catalog, split, { ...how, path: file, bytes: readListFile(file), since });
  }, importStatus);
}

function assertMapped(map: ReadonlyMap<string, string>, parts: readonly string[]): void {
  const stray = [...map].find(([, part]) => part !== '' && !parts.includes(part));
  if (stray === undefined) return;
  const guess = nearMiss(stray[1], parts);
  throw new CurationError('USAGE', `--map ${stray.join('=')} names no part of the split.`, {
    expected: parts.join(', '),
    found: stray[1],
    suggestions: guess === undefined ? ['To leave rows out, map them to nothing: --map NAME='] : [`Did you mean ${guess}?`],
  });
}
