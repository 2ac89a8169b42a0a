import type { UnassignedCase } from '../../model/split.js';
import type { CaseSource, CatalogReader, LoadContext } from './catalog-reader.js';
import { readHoldOuts } from './load-conditions.js';
import { readForced } from './load-forced.js';
import { readLimits } from './load-limits.js';
import { readAllTies } from './load-ties.js';
import { CASE_TABLE, CELL_TABLE, readUnits, STUDY_TABLE } from './load-units.js';
import { readVariables } from './load-variables.js';
import type { SplitInput } from './problem.js';
import type { RecordRow } from '../record/record.js';
import type { TableColumns } from './resolution.js';
import type { SplitSettings } from './settings.js';

/** The input of a draw, and the accepted cases that are none of its business. */
export interface LoadedInput {
  input: SplitInput;
  /** Cases outside the part of another split that this one lies within. */
  outside: UnassignedCase[];
  /** What a person should know though nothing stops. */
  warnings: string[];
}

/**
 * Reads all that a draw depends on from the catalog.
 * @throws {CurationError} CONFIG_INVALID for a column or condition that the tables do not bear; SPLIT_NOT_ASSIGNED when the
 *   split around this one was not drawn yet
 */
export async function loadInput(reader: CatalogReader, settings: SplitSettings, source: CaseSource, frozen: readonly RecordRow[]): Promise<LoadedInput> {
  try {
    return await readInput(reader, settings, source, frozen);
  } finally {
    for (const table of [CELL_TABLE, STUDY_TABLE, CASE_TABLE]) await reader.run(`DROP TABLE IF EXISTS ${table}`);
  }
}

async function readInput(reader: CatalogReader, settings: SplitSettings, source: CaseSource, frozen: readonly RecordRow[]): Promise<LoadedInput> {
  const tables = await readTables(reader);
  const units = await readUnits(reader, settings, frozen, tables);
  const { cases, studyStart, images, outside } = units;
  const warnings: string[] = [];
  const context: LoadContext = {
    reader,
    settings,
    source,
    tables,
    models: (await reader.all<{ model: string }>('SELECT model FROM configured_model ORDER BY model')).map(({ model }) => model),
    cases,
    indexOf: new Map(cases.map((id, index) => [id, index])),
    warn: (message) => warnings.push(message),
  };
  const input: SplitInput = {
    split: settings.name,
    seed: settings.seed,
    config_digest: settings.digest,
    parts: settings.parts,
    unit: settings.unit,
    cases,
    studyStart,
    images,
    variables: await readVariables(context, units),
    pairs: settings.pairs,
    ties: await readAllTies(context),
    frozen,
    holdOuts: await readHoldOuts(context),
    forced: await readForced(context, outside),
    limits: await readLimits(context, units),
  };
  return { input, outside, warnings };
}

async function readTables(reader: CatalogReader): Promise<TableColumns> {
  const rows = await reader.all<{ table_name: string; columns: string[] }>('SELECT table_name, columns FROM clinical_table ORDER BY table_name');
  return new Map(rows.map(({ table_name, columns }) => [table_name, columns]));
}
