import type { DataSet } from '../dicom/data-set.js';
import { readFacts } from '../facts/fact-file.js';

/** `keep`: says nothing of a person. `uid`, `date`, `date-number`: may stay when changed. `remove`: also what nobody knows. */
export type Disposition = 'keep' | 'uid' | 'date' | 'date-number' | 'remove';

interface Facts {
  elements: [creator: string, group: string, element: string, vr: string, name: string, disposition: string][];
  nested: [path: string, vr: string, name: string, disposition: string][];
}

const MEANING = new Map<string, Disposition>([
  ['k', 'keep'],
  ['h', 'uid'],
  ['o', 'date'],
  ['oi', 'date-number'],
  ['d', 'remove'],
]);

/** Dispositions of one element by the VR it has. */
type ByVr = Map<string, Disposition>;

let tables: { elements: Map<string, ByVr>; nested: Map<string, ByVr> } | null = null;

function load(): NonNullable<typeof tables> {
  if (tables !== null) return tables;
  const facts = readFacts<Facts>('dicom-private-tags.json');
  const elements = new Map<string, ByVr>();
  const nested = new Map<string, ByVr>();
  for (const [creator, group, element, vr, , disposition] of facts.elements) if (creator !== '') put(elements, `(${group},"${creator}",${element})`, vr, disposition);
  for (const [path, vr, , disposition] of facts.nested) put(nested, path.replace(/\[<\d+>\]/g, '[]'), vr, disposition);
  return (tables = { elements, nested });
}

function put(table: Map<string, ByVr>, key: string, vr: string, disposition: string): void {
  const byVr = table.get(key) ?? new Map<string, Disposition>();
  byVr.set(vr, MEANING.get(disposition) ?? 'remove');
  table.set(key, byVr);
}

/** The private creator of a block reserved in a data set, as it is written without padding; null when nobody reserved it. */
export function creatorOf(dataSet: DataSet, tag: number): string | null {
  const creator = dataSet.text((tag & 0xffff0000) + ((tag >>> 8) & 0xff));
  return creator === null || creator === '' ? null : creator;
}

/** `(gggg,"creator",ee)`, or `(gggg,eeee)` for what is standard or nobody's. */
function stepOf(dataSet: DataSet, tag: number): string {
  const hex = (tag >>> 0).toString(16).padStart(8, '0');
  const creator = ((tag >>> 16) & 1) === 1 ? creatorOf(dataSet, tag) : null;
  return creator === null ? `(${hex.slice(0, 4)},${hex.slice(4)})` : `(${hex.slice(0, 4)},"${creator}",${hex.slice(6)})`;
}

/** The path of an element as the list of dispositions writes it. */
function pathOf(dataSet: DataSet, tag: number): string {
  const steps = [stepOf(dataSet, tag)];
  for (let parent = dataSet.parent; parent !== null; parent = parent.dataSet.parent) steps.push(`${stepOf(parent.dataSet, parent.tag)}[]`);
  return steps.reverse().join('');
}

/** What TCIA's list says of a private element: by its path, else by creator, group and element; `remove` when it knows neither. */
export function dispositionOf(dataSet: DataSet, tag: number, vr: string | null): Disposition {
  const { elements, nested } = load();
  const own = (dataSet.parent === null ? undefined : choose(nested.get(pathOf(dataSet, tag)), vr)) ?? choose(elements.get(stepOf(dataSet, tag)), vr);
  return own ?? 'remove';
}

/** Where the list tells VRs apart and the file's is none of them, or not known, the strictest counts. */
function choose(byVr: ByVr | undefined, vr: string | null): Disposition | undefined {
  if (byVr === undefined) return undefined;
  const exact = vr === null || vr === 'UN' ? undefined : byVr.get(vr);
  if (exact !== undefined) return exact;
  const all = [...byVr.values()];
  return (['remove', 'uid', 'date', 'date-number'] as const).find((disposition) => all.includes(disposition)) ?? 'keep';
}
