import type { Location } from '../../model/finding.js';
import { configuredParts } from '../../model/split-parts.js';
import { expandSplits } from '../../model/split-repeats.js';
import type { Check, CheckInput, Coverage, FindingDraft } from '../check.js';
import { showName } from '../mask.js';

/** Members that every object inherits, by which a name from data changes a program (CWE-1321). */
const INHERITED = new Set(['__proto__', 'constructor', 'prototype', '__definegetter__', '__definesetter__', '__lookupgetter__', '__lookupsetter__', 'hasownproperty', 'tostring', 'valueof']);

/** What needs no quoting anywhere. */
const PLAIN = /^[A-Za-z_][A-Za-z0-9_.]{0,62}$/;

interface Named {
  what: 'table' | 'column' | 'split' | 'part';
  name: string;
  location: Location;
}

/** SEC-111 and SEC-112: names of tables, columns, splits and parts, which become keys, identifiers and file names. */
export const dataNameCheck: Check = {
  codes: ['SEC-111', 'SEC-112'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const names = dataNames(input);
    const identifiers = names.filter(({ what }) => what === 'table' || what === 'column');
    if (names.length === 0) coverage.notApplicable('SEC-111', 'there are no tables and no splits');
    else coverage.looked('SEC-111', names.length);
    if (identifiers.length === 0) coverage.notApplicable('SEC-112', 'no clinical table was loaded');
    else coverage.looked('SEC-112', identifiers.length);
    for (const { what, name, location } of names)
      if (INHERITED.has(name.toLowerCase()))
        yield { code: 'SEC-111', message: `The ${what} is called like a member of every object.`, location, expected: 'another name', found: showName(name), content: name };
    for (const { what, name, location } of identifiers)
      if (!PLAIN.test(name))
        yield {
          code: 'SEC-112',
          message: `The name of the ${what} is no plain identifier.`,
          location,
          expected: 'a letter or _, then letters, digits, _ and dots, at most 63 characters',
          found: showName(name),
          content: name,
        };
  },
};

function dataNames({ tables, config }: CheckInput): Named[] {
  const named = tables.flatMap(({ name: table, columns }): Named[] => [
    { what: 'table', name: table, location: { kind: 'table', table } },
    ...columns.map((column): Named => ({ what: 'column', name: column, location: { kind: 'table', table, column } })),
  ]);
  const splits = expandSplits(config.splits).flatMap(({ name: split, base, config: described }): Named[] => [
    { what: 'split', name: split, location: { kind: 'file', path: 'colophon.yaml', key: `splits.${base}` } },
    ...Object.keys(configuredParts(described)).map((part): Named => ({ what: 'part', name: part, location: { kind: 'file', path: 'colophon.yaml', key: `splits.${base}.parts.${part}` } })),
  ]);
  return [...named, ...splits];
}
