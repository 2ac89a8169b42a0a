import { mayBeStricter } from '../../model/license.js';
import type { Change } from '../../model/release-diff.js';
import { diffDictionaries } from './dictionary.js';
import { entry } from './entry.js';
import { diffGates } from './gate.js';
import type { SideAbout } from './side.js';

/** Compares what two releases say of themselves, entry by entry; pure. */
export function diffAbout(before: SideAbout, after: SideAbout): Change[] {
  const license = mayBeStricter(before.dataset.license, after.dataset.license) ? 'license-stricter' : 'license-looser';
  return [
    ...entry(license, 'dataset.license', before.dataset.license, after.dataset.license),
    ...entry('schema-changed', 'schema', describeSchema(before.schema), describeSchema(after.schema)),
    ...entry('metadata-changed', 'dataset.id', before.dataset.id, after.dataset.id),
    ...entry('metadata-changed', 'dataset.title', before.dataset.title, after.dataset.title),
    ...entry('metadata-changed', 'tool', describeTool(before.tool), describeTool(after.tool)),
    ...entry('metadata-changed', 'digests.content_md5', presence(before.contentMd5), presence(after.contentMd5)),
    ...splitEntries(before.splits, after.splits),
    ...keptEntries(before, after),
    ...diffGates(before, after),
    ...diffDictionaries(before.dictionary, after.dictionary),
  ];
}

/** Commitments to hidden parts and to seeds: that there is one, or another one. */
function keptEntries(before: SideAbout, after: SideAbout): Change[] {
  const roots = (side: SideAbout) => new Map((side.commitments ?? []).map(({ split, commitment, root }) => [`splits.${split}.commitment`, `${commitment} ${root}`]));
  const seeds = (side: SideAbout) => new Map((side.seeds ?? []).map((seed) => [`splits.${seed.split}.seed_commitment`, [seed.commitment, ...seed.again.map((each) => each.commitment), seed.public ?? ''].join(' ').trim()]));
  return [roots, seeds].flatMap((read) => {
    const [old, now] = [read(before), read(after)];
    return [...new Set([...old.keys(), ...now.keys()])].sort().flatMap((key) => entry('metadata-changed', key, old.get(key) ?? null, now.get(key) ?? null));
  });
}

/** Seed and algorithm of the splits on both sides. */
function splitEntries(before: SideAbout['splits'], after: SideAbout['splits']): Change[] {
  return after.flatMap(({ name, algorithm, seed }) => {
    const old = before.find((split) => split.name === name);
    if (old === undefined) return [];
    return [
      ...entry('metadata-changed', `splits.${name}.algorithm`, old.algorithm, algorithm),
      ...entry('metadata-changed', `splits.${name}.seed`, old.seed, seed),
    ];
  });
}

function describeSchema(schema: SideAbout['schema']): string | null {
  return schema === null ? null : `${schema.pack} ${schema.version} sha256:${schema.digest}`;
}

function describeTool({ name, version, duckdb }: SideAbout['tool']): string {
  return `${name} ${version}, DuckDB ${duckdb}`;
}

function presence(digest: string | null): string {
  return digest === null ? 'absent' : 'present';
}
