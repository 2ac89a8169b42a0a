import { formatTag } from '../dicom/data-set.js';
import { findKeyword } from '../facts/attribute-dictionary.js';
import type { FileFinding } from '../model/inspection.js';

/** What two judges can agree on: an attribute is missing, empty, there but forbidden, or has a value that is none of its list. */
export type OpinionKind = 'missing' | 'empty' | 'forbidden' | 'enumerated';

/** One opinion: its kind and the tags from the top, without numbers of items: `missing (0040,0275)/(0040,1001)`. */
export type Opinion = `${OpinionKind} ${string}`;

/** Lines of output that are read; a file with more broken frames has nothing new to say. */
const MAX_LINES = 20_000;

const DCIODVFY_KINDS: readonly [phrase: string, kind: OpinionKind][] = [
  ['Missing attribute for Type', 'missing'],
  ['Empty attribute', 'empty'],
  ['Attribute present but empty', 'empty'],
  ['Attribute present when condition unsatisfied', 'forbidden'],
  ['Unrecognized enumerated value', 'enumerated'],
];

/** Reads the opinions out of what `dciodvfy -new` prints; lines of other kinds are passed over. */
export function readDciodvfy(output: string): Set<Opinion> {
  const opinions = new Set<Opinion>();
  for (const line of output.split('\n', MAX_LINES)) {
    const from = line.indexOf(' - <');
    const to = line.indexOf('> - ', from);
    if (from < 0 || to < 0 || !line.startsWith('Error')) continue;
    const says = line.slice(to + 4);
    const kind = DCIODVFY_KINDS.find(([phrase]) => says.startsWith(phrase))?.[1];
    const chain = readChain(line.slice(from + 4, to));
    if (kind !== undefined && chain !== '') opinions.add(`${kind} ${chain}`);
  }
  return opinions;
}

/** `(gggg,eeee)` of each step of `/Keyword(gggg,eeee)[1]/…`. */
function readChain(path: string): string {
  const tags: string[] = [];
  for (let at = path.indexOf('('); at >= 0; at = path.indexOf('(', at + 1)) {
    const tag = path.slice(at, at + 11);
    if (/^\([0-9a-f]{4},[0-9a-f]{4}\)$/i.test(tag)) tags.push(tag.toUpperCase());
  }
  return tags.join('/');
}

/** The same opinions out of findings of our own rules. */
export function readFindings(findings: Iterable<FileFinding>): Set<Opinion> {
  const opinions = new Set<Opinion>();
  for (const finding of findings) {
    const kind = kindOf(finding);
    if (kind !== null && finding.tag !== undefined) opinions.add(`${kind} ${chainOf(finding.tag)}`);
  }
  return opinions;
}

function kindOf({ code, content, level }: FileFinding): OpinionKind | null {
  if (code === 'DCM-006' || code === 'DCM-007' || code === 'DCM-016') return content === 'missing' || content === 'empty' || content === 'forbidden' ? content : null;
  return (code === 'DCM-008' || code === 'DCM-013') && level !== 'info' && content?.startsWith('enumerated ') === true ? 'enumerated' : null;
}

/** `Keyword`, or `(gggg,eeee)[1]/(gggg,eeee)`. */
function chainOf(tag: string): string {
  if (tag.startsWith('(')) return readChain(tag);
  const entry = findKeyword(tag);
  return entry === null || entry.tag.includes('x') ? tag : formatTag(Number.parseInt(entry.tag, 16));
}
