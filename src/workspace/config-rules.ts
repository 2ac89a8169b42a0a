import { CurationError } from '../errors.js';
import { describeBrokenRule } from '../model/broken-rule.js';
import type { Config } from '../model/config.js';
import { isManifestSource, type ManifestSourceConfig } from '../model/source-config.js';
import { nearMiss } from '../model/near-miss.js';
import { configuredParts } from '../model/split-parts.js';
import { expandSplits } from '../model/split-repeats.js';
import { emptyPartRules, splitRules } from '../model/split-rules.js';
import { hiddenRules } from './hidden-rules.js';
import { modelRules } from './model-rules.js';

/**
 * The rules of colophon.yaml that its JSON Schema cannot say: names that must be unique or known, shares that sum to 1.
 * @throws {CurationError} CONFIG_INVALID with every broken rule
 */
export function checkConfig(config: Config, path: string): void {
  const splits = Object.entries(config.splits ?? {});
  const broken = [
    ...sourceRules(config),
    ...splits.flatMap(([name, split]) => [...splitRules(name, split), ...emptyPartRules(name, split)].map(describeBrokenRule)),
    ...splitNameRules(config.splits),
    ...splits.flatMap(([name, split]) => [...withinRules(config, `splits.${name}`, split.within)]),
    ...circleRules(config.splits),
    ...withinRules(config, 'release', config.release?.within),
    ...hiddenRules(config),
    ...modelRules(config),
  ];
  if (broken.length === 0) return;
  throw new CurationError('CONFIG_INVALID', [`${path} is not valid:`, ...broken.map((rule) => `  ${rule}`)].join('\n'));
}

function* sourceRules(config: Config): Generator<string> {
  const seen = new Set<string>();
  for (const { name } of config.sources) {
    if (seen.has(name)) yield `sources: the name \`${name}\` is used twice`;
    seen.add(name);
  }
  for (const source of config.sources) if (isManifestSource(source)) yield* manifestRules(source);
}

/** Where the files of a manifest are is the user's to say: its URLs are a stranger's. */
function* manifestRules({ kind, name, base_url, base_path }: ManifestSourceConfig): Generator<string> {
  if (base_url !== undefined && base_path !== undefined) yield `sources, ${name}: it has base_url and base_path; its files are in one place`;
  if (base_url === undefined && base_path === undefined && kind !== 'idc-manifest')
    yield `sources, ${name}: nothing says where its files are; add base_url (${kind === 'tcia-manifest' ? 'the API of the archive, https://host/nbia-api/services/v1' : 'https:// or s3://, what the file names are relative to'}) or base_path (the folder that they were downloaded to)`;
}

/** A split's name is that of its record splits/NAME.csv, so no two may be one file where case makes no difference. */
function* splitNameRules(splits: Config['splits'] = {}): Generator<string> {
  for (const name of Object.keys(splits))
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) yield `splits: the name \`${name}\` may hold letters, digits, \`.\`, \`_\` and \`-\` only`;
  const taken = new Map<string, string>();
  for (const { name, base, repeat } of expandSplits(splits)) {
    const other = taken.get(name.toLowerCase());
    if (other !== undefined) yield `splits: ${repeat === null ? `the name \`${name}\`` : `repeat ${repeat} of \`${base}\`, \`${name}\`,`} is that of ${other} too, or differs by case only`;
    taken.set(name.toLowerCase(), repeat === null ? `the split \`${name}\`` : `repeat ${repeat} of \`${base}\``);
  }
}

/** `within` names one part of another split, which may be a repeat. */
function* withinRules(config: Config, where: string, within: Record<string, string> = {}): Generator<string> {
  const entries = Object.entries(within);
  if (entries.length > 1) yield `${where}.within: expected one split, found ${entries.length}`;
  const splits = new Map(expandSplits(config.splits).map(({ name, config: split }) => [name, split]));
  for (const [outer, part] of entries) {
    const split = splits.get(outer);
    const repeats = Object.hasOwn(config.splits ?? {}, outer) ? config.splits![outer]!.repeats : undefined;
    if (split !== undefined && Object.hasOwn(configuredParts(split), part)) continue;
    if (split !== undefined) yield `${where}.within.${outer}: ${unknown('part', part, Object.keys(configuredParts(split)))}`;
    else if (repeats !== undefined) yield `${where}.within: \`${outer}\` is drawn ${repeats} times; name one of its repeats, e.g. \`${outer}.1\``;
    else yield `${where}.within: ${unknown('split', outer, [...splits.keys()])}`;
  }
}

/** Splits that lie within each other could never be drawn. */
function* circleRules(splits: Config['splits'] = {}): Generator<string> {
  const outerOf = new Map(expandSplits(splits).map(({ name, base, config: { within } }) => [name, { base, outer: Object.keys(within ?? {})[0] }]));
  const told = new Set<string>();
  for (const [name, { base }] of outerOf) {
    const way = [name];
    for (let at = outerOf.get(name)?.outer; at !== undefined && way.length <= outerOf.size; at = outerOf.get(at)?.outer) {
      way.push(at);
      if (at === name) break;
    }
    if (way.length < 2 || way.at(-1) !== name || told.has(base)) continue;
    for (const inner of way) told.add(outerOf.get(inner)?.base ?? inner);
    yield `splits.${base}.within: ${way.length === 2 ? 'it lies within itself' : `it lies within itself: ${way.join(' in ')}`}`;
  }
}

function unknown(what: string, name: string, known: string[]): string {
  const guess = nearMiss(name, known);
  return `no ${what} \`${name}\`; ${guess ? `did you mean \`${guess}\`?` : `known: ${known.join(', ')}`}`;
}
