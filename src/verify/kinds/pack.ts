import { join } from 'node:path';
import { readRegularFile, UnreadableFileError } from '../../fixity/file.js';
import { parseJsonStrict } from '../../fixity/json.js';
import { PACK_FORMAT, type PackIndex, type PackShard } from '../../model/transfer.js';
import type { Examination } from './examination.js';

/** Strings of Node.js end there; an index has one line for a case. */
const MAX_INDEX_BYTES = 500_000_000;

/** What an index of a pack says, as far as it can be used. */
export interface PackContents {
  index: string;
  /** `sha256:<hex>` of the release.json of the release that was packed; null when the index does not say. */
  digest: string | null;
  /** Absolute paths of the shards that are there. */
  shards: string[];
}

/** Reads the index of a pack (releases/README.md, PACK-5) and says what of its shards is there; null when there is no index that can be used. */
export function readPackIndex(examination: Examination, root: string, names: readonly string[]): PackContents | null {
  const [index, ...more] = names.filter((name) => name.endsWith('.index.json'));
  if (index === undefined) return null;
  for (const name of more) examination.report('extra', name, 'There is a second index: a pack has one.');
  const value = readIndex(examination, join(root, index), index);
  if (value === null) return null;
  const listed = new Set<string>();
  const shards: string[] = [];
  for (const shard of value.shards) {
    if (typeof shard.name !== 'string' || !/^[A-Za-z0-9][A-Za-z0-9._-]*\.(?:zip|tar|tar\.gz)$/.test(shard.name) || listed.has(shard.name)) examination.report('manifest-malformed', index, 'It has a shard whose name is none, or twice.', { found: String(shard.name).slice(0, 100) });
    else {
      listed.add(shard.name);
      if (names.includes(shard.name)) shards.push(join(root, shard.name));
      else examination.report('missing', shard.name, 'The index lists this shard and it is not there.');
    }
  }
  return { index, digest: typeof value.release?.digest === 'string' ? value.release.digest : null, shards };
}

function readIndex(examination: Examination, path: string, name: string): Pick<PackIndex, 'release'> & { shards: Partial<PackShard>[] } | null {
  try {
    const reading = parseJsonStrict(readRegularFile(path, MAX_INDEX_BYTES), { maxBytes: MAX_INDEX_BYTES, maxDepth: 16 });
    const value = reading.ok ? (reading.value as Partial<PackIndex> | null) : null;
    if (value !== null && value.format === PACK_FORMAT && Array.isArray(value.shards) && value.shards.every((shard) => typeof shard === 'object' && shard !== null)) return value as PackIndex;
    examination.report('manifest-malformed', name, reading.ok ? `It is no index of the format ${PACK_FORMAT}.` : `It cannot be read: ${reading.reason}.`);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    examination.report('unreadable', name, `${error.message}.`);
  }
  return null;
}
