import { readLines } from '../fixity/lines.js';
import { expectedFile } from './expected-file.js';
import type { EntrySink, ManifestLog } from './entry-sink.js';

/** Where IDC publishes; another bucket is a note, not a fault. */
const IDC_BUCKETS = new Set(['idc-open-data', 'idc-open-data-two', 'idc-open-data-cr']);

const SOURCE = /^(s3|gs):\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])\/(.+)$/;

/**
 * Reads a manifest of copy commands for s5cmd, as IDC gives them; nothing is run. A line with `/*` at its end stands for a set of files, by
 * the name of its folder: the UUID of a series at IDC, its SeriesInstanceUID in a manifest of ours.
 * @throws {UnreadableFileError}
 */
export function readS5cmdManifest(path: string, list: EntrySink, log: ManifestLog): string {
  const buckets = new Map<string, number>();
  readLines(path, ({ text, number, defect }) => {
    const line = text.trim();
    if (defect === 'not-utf8' || defect === 'too-long') return log.defect(number, 'The line cannot be read.');
    if (line === '' || line.startsWith('#')) return;
    // The manifests of IDC are results of a query, and some have the name of its column on top.
    if (/^[A-Za-z_]+$/.test(line) && list.entries === 0) return void log.notes.push(`Line ${number} is no command but a single word, as the name of a column is; it is passed over.`);
    const words = splitWords(line);
    const [command, ...rest] = words ?? [];
    if (command !== 'cp') return log.defect(number, 'The line is no copy.', { expected: 'cp s3://BUCKET/FOLDER/* .', found: line });
    const [source = '', target = '', ...more] = rest.filter((word) => !word.startsWith('-'));
    const match = SOURCE.exec(source);
    if (match === null || target === '' || more.length > 0) return log.defect(number, 'The copy has another form.', { expected: 'cp s3://BUCKET/FOLDER/* .', found: line });
    const [, , bucket = '', key = ''] = match;
    buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
    addCopy({ url: source, bucket, key, target }, number, list, log);
  });
  for (const [bucket, count] of buckets) if (!IDC_BUCKETS.has(bucket)) log.notes.push(`${count} of the commands name the bucket ${bucket}, which is none of those that IDC publishes in.`);
  return 's5cmd';
}

interface Copy {
  url: string;
  bucket: string;
  key: string;
  target: string;
}

function addCopy({ url, bucket, key, target }: Copy, line: number, list: EntrySink, log: ManifestLog): void {
  const isSet = key.endsWith('/*');
  const name = key.replace(/\/\*$/, '').split('/').at(-1) ?? '';
  if (name === '' || name.includes('*') || key.split('/').includes('..')) return log.defect(line, 'The copy names no folder or file.', { found: url });
  const folder = target === '.' ? '' : target.replace(/^\.\//, '').replace(/\/+$/, '');
  if (folder.startsWith('/') || folder.split('/').includes('..')) log.defect(line, 'The copy goes out of the current folder.', { kind: 'unsafe-path', found: target });
  const path = isSet ? null : folder === '' ? name : `${folder}/${name}`;
  list.add(expectedFile(line, { id: name, path, url, origin: bucket, ...(isSet ? { folder } : {}) }));
}

/** The words of a command, split as a shell does without any expansion; null when a quote is open. */
function splitWords(line: string): string[] | null {
  const words: string[] = [];
  let at = 0;
  while (at < line.length) {
    const word = /^(?:[^\s'"\\]+|'[^']*'|"[^"\\]*"|\\.)+/.exec(line.slice(at))?.[0];
    if (word === undefined) return null;
    words.push(word.replace(/'([^']*)'|"([^"\\]*)"|\\(.)/g, (_all, single?: string, double?: string, escaped?: string) => single ?? double ?? escaped ?? ''));
    at += word.length;
    if (at < line.length && !/\s/.test(line[at] ?? '')) return null;
    while (at < line.length && /\s/.test(line[at] ?? '')) at += 1;
  }
  return words;
}
