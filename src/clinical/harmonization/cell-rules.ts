import { DATE_FORMS, type AgeRule, type BooleanRule, type HarmonizeRule, type ListRule, type LoincRule, type PrefixRule, type SeparatorRule } from '../../model/harmonization.js';
import type { Read } from '../../model/mending.js';
import { DATE_TEXT, readDate } from './date-reading.js';
import type { CellRule, Reading } from './reading.js';

/** A rule about single cells; LOINC codes are read from other cells of the row. */
export type SingleCellRule = Exclude<HarmonizeRule, LoincRule>;

/** Age in years of the DICOM form nnnY (PS3.5 6.2, AS). */
const AGE_STRING = /^([0-9]{3})Y$/;
const AGE_MAX = 89;

/**
 * Makes a rule ready to read.
 * @param listSeparator between the members of a list cell of the table
 */
export function cellRule(id: string, rule: SingleCellRule, listSeparator: string): CellRule {
  switch (rule.kind) {
    case 'values':
      return exactRule(id, new Map(Object.entries(rule.values).map(([from, to]) => [from, { to }])));
    case 'missing':
      return exactRule(id, new Map(Object.entries(rule.missing).map(([from, reason]) => [from, { to: null, reason }])));
    case 'boolean':
      return exactRule(id, new Map(booleanSpellings(rule)));
    case 'prefix':
      return prefixRule(id, rule, rule.members === true ? listSeparator : null);
    case 'list':
      return { id, candidates: [{ notIn: rule.terms }], read: (text) => readList(rule, rule.join ?? listSeparator, text) };
    case 'separator':
      return { id, candidates: [{ contains: rule.separator }], read: (text) => readSeparated(rule, listSeparator, text) };
    case 'date':
      return { id, candidates: [{ matches: DATE_TEXT }], read: (text) => readDate(rule.forms ?? DATE_FORMS, text) };
    case 'age':
      return { id, candidates: [{ in: rule.spellings }, { matches: '[0-9]{3}Y' }], read: (text) => readAge(rule, text) };
  }
}

/**
 * Takes a prefix off.
 * @param separator between the values of cells that list several, each read by itself; null: a cell is one value
 */
export function prefixRule(id: string, { prefix }: PrefixRule, separator: string | null): CellRule {
  if (separator === null) return { id, candidates: [{ startsWith: prefix }], read: (text) => readPrefix(prefix, text) };
  return { id, candidates: [{ contains: prefix }], read: (text) => readPrefixes(prefix, text.split(separator), separator) };
}

function exactRule(id: string, spellings: ReadonlyMap<string, Read>): CellRule {
  return { id, candidates: [{ in: [...spellings.keys()] }], read: (text) => spellings.get(text) };
}

function booleanSpellings({ true: yes = ['1'], false: no = ['0'] }: BooleanRule): [string, Read][] {
  return [...yes.map((text): [string, Read] => [text, { to: 'true' }]), ...no.map((text): [string, Read] => [text, { to: 'false' }])];
}

function readPrefixes(prefix: string, members: readonly string[], separator: string): Reading {
  const readings = members.map((member) => readPrefix(prefix, member));
  const left = readings.find((reading) => reading !== undefined && 'left' in reading);
  if (left !== undefined) return left;
  const texts = readings.map((reading, index) => (reading === undefined || 'left' in reading ? members[index] : reading.to));
  return readings.every((reading) => reading === undefined) ? undefined : { to: texts.join(separator), masked: { from: `${prefix}*`, to: '*' } };
}

function readPrefix(prefix: string, text: string): Reading {
  if (!text.startsWith(prefix)) return undefined;
  const rest = text.slice(prefix.length);
  if (rest.trim() === '' || rest.trim() !== rest) return { left: 'nothing but blanks around or behind the prefix' };
  if (rest.startsWith(prefix)) return { left: 'the prefix stands there twice' };
  return { to: rest, masked: { from: `${prefix}*`, to: '*' } };
}

function readList({ separators, terms }: ListRule, join: string, text: string): Reading {
  const members = [...separators, join].reduce((parts, separator) => parts.flatMap((part) => part.split(separator)), [text]).map((member) => member.trim());
  const known = members.map((member) => terms.find((term) => term === member) ?? terms.find((term) => term === member.toUpperCase()));
  if (known.some((term) => term === undefined)) return { left: 'a member is no known term' };
  return { to: [...new Set(known as string[])].sort().join(join) };
}

function readSeparated({ separator }: SeparatorRule, join: string, text: string): Reading {
  if (separator === join || !text.includes(separator)) return undefined;
  if (text.includes(join)) return { left: 'two separators' };
  const members = text.split(separator).map((member) => member.trim());
  if (members.includes('')) return { left: 'an empty member' };
  return { to: members.join(join), masked: { from: `a${separator}b`, to: `a${join}b` } };
}

function readAge({ spellings }: AgeRule, text: string): Reading {
  if (spellings.includes(text)) return { to: null, over: true, reason: 'above 89 years' };
  const years = AGE_STRING.exec(text)?.[1];
  if (years === undefined) return undefined;
  if (Number(years) > AGE_MAX) return { left: 'an age above 89 years' };
  return { to: String(Number(years)), masked: { from: 'nnnY', to: 'n' } };
}
