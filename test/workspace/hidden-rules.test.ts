import { describe, expect, test } from '@jest/globals';
import type { Config, SplitConfig } from '../../src/model/config.js';
import { hiddenParts, splitsAround, tellingSplits, publishedSplits } from '../../src/model/hidden-parts.js';
import { checkConfig } from '../../src/workspace/config-rules.js';

const configOf = (splits: Record<string, Partial<SplitConfig>>, release?: Config['release']): Config => ({
  dataset: { id: 'd', title: 'D', license: 'CC0-1.0' },
  sources: [{ name: 'a', kind: 'tables', path: 'a' }],
  splits: Object.fromEntries(Object.entries(splits).map(([name, split]) => [name, { parts: { train: 0.7, test: 0.3 }, seed: 1, ...split }])),
  ...(release === undefined ? {} : { release }),
});
const check = (config: Config) => checkConfig(config, 'colophon.yaml');

describe('what may not be hidden, each with what to write', () => {
  test.each<[string, Record<string, Partial<SplitConfig>>, Config['release'], string]>([
    ['a part that is none', { s: { hidden: { part: 'tset' } } }, undefined, 'splits.s.hidden.part: no part `tset`; did you mean `test`?'],
    ['a part of a repeated split', { s: { repeats: 2, hidden: { part: 'test' } } }, undefined, 'splits.s.hidden: a split with repeats hides nothing'],
    ['all that is released', { s: { hidden: { part: 'test' } } }, { within: { s: 'test' } }, 'release.within.s: `test` is the hidden part'],
    ['a column twice', { s: { hidden: { part: 'test', columns: ['a', 'a'] } } }, undefined, 'splits.s.hidden.columns: a is named twice'],
    ['a column without a name', { s: { hidden: { part: 'test', columns: [' '] } } }, undefined, 'splits.s.hidden.columns: a name is empty'],
    ['a seed without a file', { s: { seed: { file: '' } } }, undefined, 'splits.s.seed.file: expected the name of a file'],
    ['an empty public value', { s: { seed: { file: 'private/s', public: '' } } }, undefined, 'splits.s.seed.public: expected what was published'],
    ['one seed for two splits', { s: { seed: { file: 'private/x' } }, t: { seed: { file: 'private/x' } } }, undefined, 'splits.t.seed.file: `private/x` is the seed of s already'],
  ])('%s', (_name, splits, release, message) => {
    expect(() => check(configOf(splits, release))).toThrow(message);
  });

  test('and what may', () => {
    const splits = { s: { hidden: { part: 'test', columns: [] }, seed: { file: 'private/s', public: 'beef' } }, t: { folds: 5, hidden: { part: 'fold-2', columns: ['a', 't.b'] } } };
    const config = configOf(splits);
    delete config.splits!.t!.parts;
    expect(() => check(config)).not.toThrow();
  });
});

describe('which splits tell who is hidden', () => {
  const splits = {
    outside: { hidden: { part: 'test' } },
    among: { hidden: { part: 'test', columns: ['label'] } },
    inner: { within: { outside: 'test' } },
    deeper: { within: { inner: 'train' } },
    visible: { within: { among: 'train' } },
    again: { repeats: 2, within: { among: 'test' } },
    last: { within: { 'again.2': 'train' } },
    other: {},
  };

  test('their rows are not published; those of visible parts are', () => {
    expect(publishedSplits(configOf(splits)).map(({ name }) => name)).toEqual(['outside', 'visible', 'other']);
    expect(tellingSplits(configOf(splits))).toEqual(['outside', 'among', 'inner', 'deeper', 'again.1', 'again.2', 'last']);
  });

  test('a chain of splits is followed, through repeats, and not for ever', () => {
    expect(splitsAround(configOf(splits), 'last')).toEqual([{ split: 'again.2', part: 'train' }, { split: 'among', part: 'test' }]);
    expect(splitsAround(configOf({ a: { within: { b: 'train' } }, b: { within: { a: 'train' } } }), 'a')).toHaveLength(2);
    expect(hiddenParts(configOf({ s: { kind: 'sample', hidden: { part: 'sample' } } }))).toEqual([{ split: 's', part: 'sample', columns: null, mayGrow: false }]);
  });
});
