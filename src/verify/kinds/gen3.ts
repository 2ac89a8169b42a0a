import { CurationError } from '../../errors.js';
import { gen3Format, readGen3Claim } from '../../fixity/gen3-claim.js';
import { readJsonObjects } from '../../fixity/json-objects.js';
import { namedAlgorithm } from '../../fixity/named-digest.js';
import { ClaimList } from './claims.js';
import { compareTree } from './compare.js';
import type { Examination } from './examination.js';
import { TreeNames } from './tree-names.js';

/**
 * Verifies files that were downloaded by a Gen3 file manifest, records of an index or DRS objects, which lies beside them: by the path that
 * it gives, or the name alone, as gen3-client puts them.
 */
export async function verifyGen3(examination: Examination, names: readonly string[], extras: 'problem' | 'told'): Promise<string> {
  const list = new ClaimList(examination);
  const files = new TreeNames(examination);
  let format = 'gen3-manifest';
  const counted = { unproven: 0 };
  for (const name of names) format = readManifest(examination, name, list, files, counted) ?? format;
  const own = new Set(names);
  await compareTree(examination, list, { inScope: (path) => !own.has(path), isElsewhere: () => false, extras, missingMessage: 'The manifest names it and it is not there.', forgivesNames: false });
  if (counted.unproven > 0) examination.notChecked.push(`The bytes of ${counted.unproven} files: the manifest gives no digest of them.`);
  examination.notChecked.push(`Whether ${names.join(', ')} is the published one: nothing vouches for it.`);
  examination.notChecked.push('Whether somebody changed the files on purpose: most manifests of Gen3 have md5 only, which does not protect against that.');
  return format;
}

/** Reads one manifest; returns what it is, or null when it cannot be read. */
function readManifest(examination: Examination, name: string, list: ClaimList, files: TreeNames, counted: { unproven: number }): string | null {
  let format: string | null = null;
  try {
    examination.readList(name, (place) => readJsonObjects(place, {
      onDefect: (line, reason) => list.malformed(name, line, `cannot be read: ${reason}`),
      onObject(value, line) {
        format ??= gen3Format(value);
        if (Array.isArray(value['contents']) && value['contents'].length > 0) return;
        const claim = readGen3Claim(value, gen3Format(value));
        const wanted = [claim.path, ...claim.urls.map((url) => url.split(/[?#]/)[0]?.split('/').at(-1) ?? '')].filter((each): each is string => each !== null && each !== '');
        if (wanted.length === 0) return list.malformed(name, line, 'names no file');
        addClaim(list, files.resolve(wanted), claim, name, line, counted);
      },
    }));
  } catch (error) {
    if (!(error instanceof CurationError) || error.code !== 'MANIFEST_INVALID') throw error;
    examination.report('manifest-malformed', name, `It cannot be read: ${error.message.slice(error.message.lastIndexOf(`${name}`) + name.length).replace(/^:([0-9]+): /, 'line $1, ').replace(/^ is /, 'it is ')}`);
  }
  return format;
}

function addClaim(list: ClaimList, path: string, { size, checksums }: { size: unknown; checksums: readonly (readonly [string, string])[] }, name: string, line: number, counted: { unproven: number }): void {
  const bytes = typeof size === 'string' && /^[0-9]{1,15}$/.test(size) ? Number(size) : size;
  const isSize = typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0;
  if (size !== null && size !== '' && !isSize) list.malformed(name, line, 'gives a size that is no number of bytes');
  const known = { path, ...(isSize ? { size_bytes: bytes } : {}) };
  let proven = false;
  for (const [type, digest] of checksums) {
    const algorithm = namedAlgorithm(type);
    // crc32c, etag and the like protect nothing that could be checked here
    if (algorithm === null) continue;
    if (digest.length !== algorithm.digits || !/^[0-9a-fA-F]+$/.test(digest)) list.malformed(name, line, `gives a ${type} that is none`);
    else {
      list.add({ ...known, algorithm: algorithm.name, digest: digest.toLowerCase() }, name, line);
      proven = true;
    }
  }
  if (proven) return;
  list.add(known, name, line);
  counted.unproven += 1;
}
