import { iriPart } from './croissant-ids.js';

/** A split of the release with the names of its parts. */
export interface CroissantSplit {
  name: string;
  parts: readonly string[];
}

/** Parts that Croissant has a name for, whatever they are called. */
const KNOWN_PARTS: ReadonlyMap<string, string> = new Map([
  ['train', 'cr:TrainingSplit'],
  ['training', 'cr:TrainingSplit'],
  ['val', 'cr:ValidationSplit'],
  ['validation', 'cr:ValidationSplit'],
  ['test', 'cr:TestSplit'],
]);

/** Id of the record set that the parts in the table of splits are taken from; null without splits. */
export function partsId(splits: readonly CroissantSplit[]): string | null {
  const [only] = splits;
  if (only === undefined) return null;
  return splits.length === 1 ? splitId(only.name) : 'parts';
}

/** A RecordSet of the type cr:Split for every split; where there are several, one of all their parts as well. */
export function splitRecords(splits: readonly CroissantSplit[]): Record<string, unknown>[] {
  const records = splits.map(({ name, parts }) => partRecords(splitId(name), `The parts of the split ${name}.`, parts));
  if (splits.length < 2) return records;
  const all = [...new Set(splits.flatMap(({ parts }) => parts))];
  return [...records, partRecords('parts', 'The parts of all splits.', all)];
}

function splitId(name: string): string {
  return `split_${iriPart(name)}`;
}

/** `url` says what a part is for; a record set has it only where all its parts are known, since every record must have every field. */
function partRecords(id: string, description: string, parts: readonly string[]): Record<string, unknown> {
  const known = parts.every((part) => KNOWN_PARTS.has(part));
  const name = { '@type': 'cr:Field', '@id': `${id}/name`, name: 'name', description: 'Name of the part.', dataType: 'sc:Text' };
  const url = { '@type': 'cr:Field', '@id': `${id}/url`, name: 'url', description: 'What the part is for, in the words of Croissant.', dataType: 'sc:URL' };
  return {
    '@type': 'cr:RecordSet',
    '@id': id,
    name: id,
    description,
    dataType: 'cr:Split',
    key: { '@id': `${id}/name` },
    field: known ? [name, url] : [name],
    data: parts.map((part) => ({ [`${id}/name`]: part, ...(known ? { [`${id}/url`]: KNOWN_PARTS.get(part) } : {}) })),
  };
}
