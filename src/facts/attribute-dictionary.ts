import { readFacts } from './fact-file.js';

/** An attribute of the data dictionary (PS3.6). */
export interface AttributeEntry {
  /** 8 hex digits, lower case; `x` where any digit may stand. */
  tag: string;
  keyword: string;
  /** Two letters; of several allowed ones the first. */
  vr: string;
  /** All VRs that the dictionary allows, e.g. `US`, `SS`. */
  vrs: readonly string[];
  /** Value multiplicity as the dictionary writes it: `1`, `1-n`, `2-2n`. */
  vm: string;
  retired: boolean;
}

type Row = [tag: string, keyword: string, vr: string, vm: string, retired: 0 | 1];

let byTag: Map<number, AttributeEntry> | null = null;
let byKeyword: Map<string, AttributeEntry> | null = null;
let repeating: AttributeEntry[] = [];

function load(): Map<number, AttributeEntry> {
  if (byTag !== null) return byTag;
  const entries = readFacts<{ elements: Row[] }>('dicom-attributes.json').elements.map(toEntry);
  repeating = entries.filter(({ tag }) => tag.includes('x'));
  byTag = new Map(entries.filter(({ tag }) => !tag.includes('x')).map((entry) => [Number.parseInt(entry.tag, 16), entry]));
  byKeyword = new Map(entries.map((entry) => [entry.keyword, entry]));
  return byTag;
}

function toEntry([tag, keyword, vr, vm, retired]: Row): AttributeEntry {
  const vrs = vr.split(' or ');
  return { tag: tag.toLowerCase(), keyword, vr: vrs[0] as string, vrs, vm, retired: retired === 1 };
}

/** The entry of a standard attribute by its tag (group x 65536 + element), repeating groups included; null for any other. */
export function findAttribute(tag: number): AttributeEntry | null {
  const table = load();
  const known = table.get(tag);
  if (known !== undefined) return known;
  const group = tag >>> 16;
  if ((group & 1) === 1 || !isRepeating(group)) return null;
  const hex = tag.toString(16).padStart(8, '0');
  const entry = repeating.find((candidate) => matches(candidate.tag, hex)) ?? null;
  if (entry !== null) table.set(tag, entry);
  return entry;
}

/** The entry of a keyword; null when the dictionary has none. */
export function findKeyword(keyword: string): AttributeEntry | null {
  load();
  return byKeyword?.get(keyword) ?? null;
}

function isRepeating(group: number): boolean {
  const high = group >>> 8;
  return high === 0x50 || high === 0x60 || high === 0x7f || group === 0x0020 || group === 0x0028 || group === 0x1000 || group === 0x1010;
}

function matches(pattern: string, hex: string): boolean {
  for (let at = 0; at < 8; at += 1) if (pattern[at] !== 'x' && pattern[at] !== hex[at]) return false;
  return true;
}
