import { readFacts } from '../facts/fact-file.js';
import { OPTION } from './options.js';

/** What Table E.1-1 of PS3.15 says about an attribute. */
export interface ProfileRule {
  keyword: string;
  /** Basic action as the table writes it: `X`, `Z`, `D`, `U`, `X/Z/D`. */
  basic: string;
  /** The attribute may stay with a dummy value: D or Z is among its actions. */
  mayBeDummy: boolean;
  /** A UID stays, but a new one: U is its action, or that of the items of a sequence. */
  mayBeUid: boolean;
  /** Options under which it is kept as it is. */
  keep: number;
  /** Options under which it is kept when it is clean. */
  clean: number;
}

interface FactRow {
  tag: string;
  keyword: string;
  basic: string;
  options?: Partial<Record<keyof typeof OPTION, 'K' | 'C'>>;
}

/** How an attribute is to be judged under the options in force. */
export type Action = 'keep' | 'clean' | 'basic';

interface Profile {
  byTag: Map<number, ProfileRule>;
  overlayData: ProfileRule;
  overlayComments: ProfileRule;
  curveData: ProfileRule;
}

let profile: Profile | null = null;

function load(): Profile {
  if (profile !== null) return profile;
  const rows = readFacts<{ attributes: FactRow[] }>('dicom-deid-profile.json').attributes;
  const rules = new Map(rows.map((row) => [row.tag, toRule(row)]));
  const byTag = new Map([...rules].filter(([tag]) => /^[0-9a-f]{8}$/.test(tag)).map(([tag, rule]) => [Number.parseInt(tag, 16), rule]));
  const wildcard = (tag: string): ProfileRule => {
    const rule = rules.get(tag);
    if (rule === undefined) throw new TypeError(`no row ${tag} in the confidentiality profile`);
    return rule;
  };
  profile = { byTag, overlayData: wildcard('60xx3000'), overlayComments: wildcard('60xx4000'), curveData: wildcard('50xxxxxx') };
  return profile;
}

function toRule({ keyword, basic, options = {} }: FactRow): ProfileRule {
  const bits = (kind: 'K' | 'C'): number => Object.entries(options).reduce((set, [name, value]) => (value === kind ? set | OPTION[name as keyof typeof OPTION] : set), 0);
  return { keyword, basic, mayBeDummy: /[ZD]/.test(basic), mayBeUid: basic.includes('U'), keep: bits('K'), clean: bits('C') };
}

/** The row of Table E.1-1 for a standard attribute, repeating groups included; undefined when the table does not list it. */
export function findProfileRule(tag: number): ProfileRule | undefined {
  const { byTag, overlayData, overlayComments, curveData } = load();
  const rule = byTag.get(tag);
  if (rule !== undefined) return rule;
  const high = tag >>> 24;
  if (high === 0x50) return curveData;
  if (high !== 0x60) return undefined;
  const element = tag & 0xffff;
  return element === 0x3000 ? overlayData : element === 0x4000 ? overlayComments : undefined;
}

/** What the table demands under the options in force. */
export function actionUnder({ keep, clean }: ProfileRule, inForce: number): Action {
  if ((keep & inForce) !== 0) return 'keep';
  return (clean & inForce) !== 0 ? 'clean' : 'basic';
}
