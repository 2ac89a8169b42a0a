import { existsSync, mkdirSync } from 'node:fs';
import { commitSeed, digestSplitConfig } from '../commitment/seed.js';
import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import { createSecretFile, isPathWithin, readSecretFile } from '../fixity/secret-file.js';
import type { SeedConfig } from '../model/config.js';
import type { SeedRecord, SeedReport } from '../model/commitment.js';
import { ALGORITHM } from '../splits/search/algorithm.js';
import { withLock } from '../workspace/lock.js';
import type { Workspace } from '../workspace/workspace.js';
import { seedRules } from './secret-places.js';
import { readSeedRecord, secretSeed, seedPath, writeSeedRecord } from './seed-record.js';
import { requireSplit } from './split.js';
import { readTool } from './tool.js';

export interface SeedOptions {
  /** Why the seed is committed to once more. */
  reason?: string;
  /** Which public randomness will be mixed in later: `drand round 5000000`. */
  beacon?: string;
  /** Day of the commitment, YYYY-MM-DD; today by default. */
  date?: string;
}

/** How long to wait for another command in the same workspace, in ms. */
const LOCK_WAIT_MS = 60_000;

/**
 * Draws the secret seed of a split into its file, and commits to it: what is printed can be published before anybody draws.
 * With a reason, commits to the same seed once more, for the configuration of now.
 * @throws {CurationError} SPLIT_UNKNOWN, USAGE, CONFIG_INVALID, SECRET_UNSAFE, LOCKED
 */
export function commitSplitSeed(workspace: Workspace, name: string, options: SeedOptions = {}, effects: Effects = defaultEffects): Promise<SeedReport> {
  const config = requireSplit(workspace, name);
  const seed = secretSeed(config);
  if (seed === null)
    throw new CurationError('CONFIG_INVALID', `The seed of ${name} stands in colophon.yaml, for everybody to read.`, {
      expected: `seed: {file: private/${name}.seed}`,
      suggestions: [`Write that as splits.${name}.seed, then run this command again.`],
    });
  return withLock(workspace.paths.lock, { doing: `committing to the seed of ${name}`, waitMs: LOCK_WAIT_MS, onWait: (message) => effects.warn(message) }, async () => {
    const record = readSeedRecord(workspace.paths, name);
    const secret = record === null ? drawSeed(workspace, name, seed, options) : sameSeed(workspace, name, seed, options);
    const { name: program, version } = readTool();
    const last = record?.commitments.at(-1);
    const terms = {
      config_digest: digestSplitConfig(workspace.config.dataset.id, name, config),
      tool: `${program} ${version}, ${ALGORITHM}`,
      beacon: options.beacon ?? last?.beacon ?? null,
    };
    const entry = { commitment: commitSeed(secret, terms), ...terms, date: options.date ?? effects.now().toISOString().slice(0, 10), reason: options.reason ?? null };
    const base: SeedRecord = record ?? { format: 'colophon-seed-record/1', dataset: workspace.config.dataset.id, split: name, commitments: [], revealed: false };
    writeSeedRecord(workspace.paths, { ...base, commitments: [...base.commitments, entry] });
    return { split: name, file: seed.file, drawn: record === null, ...entry };
  });
}

function drawSeed(workspace: Workspace, name: string, seed: SeedConfig, { reason }: SeedOptions): Buffer {
  if (reason !== undefined) throw new CurationError('USAGE', `${name} has no seed yet that could be committed to once more.`, { suggestions: [`Run: colophon split seed ${name}`] });
  if (seed.public !== undefined)
    throw new CurationError('USAGE', `The public randomness of ${name} is known already: a seed that is drawn now could have been picked to suit it.`, {
      suggestions: [`Take splits.${name}.seed.public out of colophon.yaml, commit to the seed, publish the commitment, and name randomness that is not known yet: --beacon "drand round N".`],
    });
  const path = seedPath(workspace, seed);
  if (existsSync(path))
    throw new CurationError('SECRET_UNSAFE', `There is a file already, and nothing was committed of it: ${seed.file}`, {
      expected: 'no file of that name',
      found: 'a file',
      suggestions: ['Move it away: a seed that is committed to must be drawn by this command.'],
    });
  if (isPathWithin(path, workspace.paths.private)) mkdirSync(workspace.paths.private, { recursive: true, mode: 0o700 });
  return createSecretFile(path, seedRules(workspace));
}

function sameSeed(workspace: Workspace, name: string, seed: SeedConfig, { reason }: SeedOptions): Buffer {
  if (reason === undefined)
    throw new CurationError('USAGE', `The seed of ${name} is committed to already.`, {
      suggestions: ['A second commitment needs a reason, which every release will tell: --reason TEXT'],
    });
  const secret = readSecretFile(seedPath(workspace, seed), seedRules(workspace));
  if (secret !== null) return secret;
  throw new CurationError('SECRET_UNSAFE', `The secret seed of ${name} is not there: ${seed.file}`, { suggestions: ['Bring the file back from a copy.'] });
}
