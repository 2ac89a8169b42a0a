import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import { keyedDigest, sha256Bytes } from '../fixity/keyed-digest.js';
import type { SeedCommitment } from '../model/commitment.js';
import type { SplitConfig } from '../model/config.js';

const SEED_DOMAIN = 'colophon-seed/1';

/** What a seed commitment binds besides the seed. */
export type SeedTerms = Pick<SeedCommitment, 'config_digest' | 'tool' | 'beacon'>;

/** Commitment to a seed: SHA-256("colophon-seed/1\n" | 32 bytes of seed | RFC 8785 JSON of beacon, config_digest and tool), 64 hex digits. */
export function commitSeed(secret: Uint8Array, { config_digest, tool, beacon }: SeedTerms): string {
  return sha256Bytes(`${SEED_DOMAIN}\n`, secret, canonicalJson({ beacon, config_digest, tool })).toString('hex');
}

/**
 * The seed that a split is drawn with, 64 hex digits: HMAC-SHA-256 under the secret seed over dataset, split and the later
 * public randomness. Nobody can have picked it: the secret was fixed before the public value was known.
 */
export function effectiveSeed(secret: Uint8Array, dataset: string, split: string, publicValue: string | null): string {
  return keyedDigest(secret, canonicalJson([SEED_DOMAIN, 'draw', dataset, split, publicValue])).toString('hex');
}

/**
 * sha256 over what a split's draw is configured with. Not the seed, whose public part comes later, nor what is hidden of the
 * result: neither changes the draw.
 */
export function digestSplitConfig(dataset: string, split: string, config: SplitConfig): string {
  const { seed: _seed, hidden: _hidden, ...drawn } = config;
  return sha256Hex(canonicalJson({ dataset, split, config: JSON.parse(JSON.stringify(drawn)) as unknown }));
}
