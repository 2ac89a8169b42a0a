import { resolve } from 'node:path';
import { CurationError } from '../../errors.js';
import { canonicalJson } from '../../fixity/canonical-json.js';
import { sha256Hex } from '../../fixity/digest.js';
import type { SampleConfig, SplitConfig } from '../../model/config.js';
import type { CaseSource, CatalogReader } from '../input/catalog-reader.js';
import { targetColumns, type SampleRequest } from './targets.js';
import { loadInput, type LoadedInput } from '../input/load.js';
import type { RecordRow } from '../record/record.js';
import { readReference, type ReferencePopulation } from '../reference/reference.js';
import type { SplitSettings } from '../input/settings.js';

/** Where a split's input comes from. */
export interface SplitSource extends CaseSource {
  config: SplitConfig;
}

/** The input of a draw; of a sample with what it is to be like. */
export interface LoadedSplit extends LoadedInput {
  /** Null for a split into parts. */
  request: SampleRequest | null;
}

/**
 * Reads all that a draw depends on: of a sample also the columns that its targets name, and its reference population, both
 * as part of the configuration.
 * @throws {CurationError} as `loadInput`; SOURCE_MISSING and SOURCE_UNREADABLE of the reference
 */
export async function loadSplit(reader: CatalogReader, settings: SplitSettings, source: SplitSource, frozen: readonly RecordRow[]): Promise<LoadedSplit> {
  const { kind, sample = {}, balance = [] } = source.config;
  if (kind !== 'sample') return { ...(await loadInput(reader, settings, source, frozen)), request: null };
  const reference = sample.reference === undefined ? null : await readReference(resolve(source.folder ?? '.', sample.reference));
  const named = new Set(settings.balance.map(({ column }) => column));
  const added = targetColumns(sample).filter((column) => !named.has(column)).map((column) => ({ column, weight: 1 }));
  const loaded = await loadTargets(reader, settings, added, source, frozen);
  const config_digest = sha256Hex(`${loaded.input.config_digest}|${digestSample(sample, reference)}`);
  return { ...loaded, input: { ...loaded.input, config_digest }, request: { sample, reference, balance: balance.map((entry) => (typeof entry === 'string' ? entry : entry.column)) } };
}

/** As `loadInput` with more variables; what is wrong with one of those is said of the targets that name it. */
async function loadTargets(reader: CatalogReader, settings: SplitSettings, added: SplitSettings['balance'], source: SplitSource, frozen: readonly RecordRow[]): Promise<LoadedInput> {
  try {
    return await loadInput(reader, { ...settings, balance: [...settings.balance, ...added] }, source, frozen);
  } catch (error) {
    const prefix = `splits.${settings.name}.balance names `;
    const column = error instanceof CurationError ? added.find((one) => error.message.startsWith(`${prefix}${one.column}`)) : undefined;
    if (!(error instanceof CurationError) || column === undefined) throw error;
    const { code, message, expected, found, suggestions } = error;
    const details = { suggestions, cause: error, ...(expected === undefined ? {} : { expected }), ...(found === undefined ? {} : { found }) };
    throw new CurationError(code, message.replace(prefix, () => `splits.${settings.name}.sample.targets names `), details);
  }
}

/** The reference goes in by its name and content: its path may be another on another machine. */
function digestSample({ size, targets, tolerance }: SampleConfig, reference: ReferencePopulation | null): string {
  const sample = { size: size ?? null, targets: targets ?? {}, tolerance: tolerance ?? null };
  return sha256Hex(canonicalJson({ sample, reference: reference === null ? null : { source: reference.source, sha256: reference.sha256 } }));
}
