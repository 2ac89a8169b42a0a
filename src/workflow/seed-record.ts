import { join, resolve } from 'node:path';
import { commitSeed, digestSplitConfig, effectiveSeed } from '../commitment/seed.js';
import { CurationError } from '../errors.js';
import { makeParentFolder, writeFileAtomic } from '../fixity/atomic-file.js';
import { readSecretFile } from '../fixity/secret-file.js';
import type { PublishedSeed, SeedRecord } from '../model/commitment.js';
import type { SeedConfig, SplitConfig } from '../model/config.js';
import { findSplits, repeatSeed, type ExpandedSplit } from '../model/split-repeats.js';
import type { SplitReport } from '../model/split.js';
import type { Workspace, WorkspacePaths } from '../workspace/workspace.js';
import { readDocument } from './json-document.js';
import { seedRules } from './secret-places.js';

/** A secret seed with what was committed of it. */
export interface CommittedSeed {
  secret: Buffer;
  record: SeedRecord;
  /** The public randomness of the configuration; null while there is none. */
  publicValue: string | null;
  /** The seed of the draw, 64 hex digits. */
  effective: string;
}

/** The configuration of a secret seed; null for one that is written in colophon.yaml. */
export function secretSeed({ seed }: SplitConfig): SeedConfig | null {
  return typeof seed === 'object' ? seed : null;
}

/** Where the secret seed lies. */
export function seedPath({ root }: Pick<Workspace, 'root'>, { file }: SeedConfig): string {
  return resolve(root, file);
}

/** What was committed of the seed of a split; null when nothing was. @throws {CurationError} COMMITMENT_INVALID */
export function readSeedRecord(paths: WorkspacePaths, split: string): SeedRecord | null {
  return readDocument<SeedRecord>(recordPath(paths, split), { schema: 'seed-record.v1', what: 'record of seed commitments' });
}

/** Writes the record anew; entries are only ever added. @throws {CurationError} DISK_FULL, IO_FAILED */
export function writeSeedRecord(paths: WorkspacePaths, record: SeedRecord): void {
  makeParentFolder(recordPath(paths, record.split));
  writeFileAtomic(recordPath(paths, record.split), `${JSON.stringify(record, null, 2)}\n`);
}

function recordPath(paths: WorkspacePaths, split: string): string {
  return join(paths.splits, `${split}.seed.json`);
}

/**
 * Opens a secret seed: it must be the one that was committed to.
 * @throws {CurationError} SPLIT_NOT_ASSIGNED when none was drawn, SECRET_UNSAFE when the file is not there or holds another one
 */
export function openSeed(workspace: Workspace, split: string, config: SeedConfig): CommittedSeed {
  const record = readSeedRecord(workspace.paths, split);
  const last = record?.commitments.at(-1);
  if (record === null || last === undefined)
    throw new CurationError('SPLIT_NOT_ASSIGNED', `The secret seed of ${split} was not drawn and committed to yet.`, {
      suggestions: [`Run: colophon split seed ${split}`, 'Publish what it prints, then draw the split.'],
    });
  const secret = readSecretFile(seedPath(workspace, config), seedRules(workspace));
  if (secret === null)
    throw new CurationError('SECRET_UNSAFE', `The secret seed of ${split} is not there: ${config.file}`, {
      suggestions: ['Bring the file back from a copy: the split cannot be drawn, extended or proven without it.'],
    });
  if (commitSeed(secret, last) !== last.commitment)
    throw new CurationError('SECRET_UNSAFE', `The secret seed of ${split} is not the one that was committed to: ${config.file}`, {
      expected: `the seed of the commitment ${last.commitment}`,
      found: 'another one',
      suggestions: ['Bring the file back from a copy.'],
    });
  const publicValue = config.public ?? null;
  return { secret, record, publicValue, effective: effectiveSeed(secret, workspace.config.dataset.id, split, publicValue) };
}

/**
 * The configuration of a split with the seed that it is drawn with: a secret one is opened and mixed with the public randomness.
 * What is returned must not be printed or published.
 * @throws {CurationError} as `openSeed`
 */
export function resolveSeed(workspace: Workspace, { base, repeat, config }: ExpandedSplit): SplitConfig {
  const secret = secretSeed(config);
  return secret === null ? config : { ...config, seed: repeatSeed(openSeed(workspace, base, secret).effective, repeat) };
}

/** A report in which the commitment stands for a secret seed. */
export function withoutSecretSeed(workspace: Workspace, report: SplitReport): SplitReport {
  const split = findSplits(workspace.config.splits, report.split)[0];
  const told = split === undefined || secretSeed(split.config) === null ? null : publishedSeed(workspace, split);
  return told === null ? report : { ...report, seed: `committed ${told.commitment}` };
}

/**
 * Refuses a draw with another configuration than the one that the seed was committed with: whoever may change it afterwards
 * can look for a draw that suits.
 * @throws {CurationError} SPLIT_STALE
 */
export function assertCommittedConfig({ paths, config: { dataset, splits } }: Workspace, name: string): void {
  const split = findSplits(splits, name)[0]?.base ?? name;
  const config = splits?.[split];
  if (config === undefined || secretSeed(config) === null) return;
  const last = readSeedRecord(paths, split)?.commitments.at(-1);
  const now = digestSplitConfig(dataset.id, split, config);
  if (last === undefined || last.config_digest === now) return;
  throw new CurationError('SPLIT_STALE', `The configuration of ${split} was changed after its seed was committed to.`, {
    expected: `configuration ${last.config_digest}`,
    found: `configuration ${now}`,
    suggestions: [`Put splits.${split} back as it was.`, `Or commit to the seed once more, with the reason, which every release will tell: colophon split seed ${split} --reason TEXT`],
  });
}

/** What a release says of the secret seed of a split, of all its repeats; null when nothing was committed. */
export function publishedSeed(workspace: Workspace, { base: split, config }: Pick<ExpandedSplit, 'base' | 'config'>): PublishedSeed | null {
  const secret = secretSeed(config);
  const commitments = readSeedRecord(workspace.paths, split)?.commitments ?? [];
  const [first, ...again] = commitments;
  if (secret === null || first === undefined) return null;
  return {
    split,
    commitment: first.commitment,
    again: again.map(({ commitment, reason }) => ({ commitment, reason: reason ?? '' })),
    beacon: commitments.at(-1)?.beacon ?? null,
    public: secret.public ?? null,
  };
}
