import { namedAlgorithm } from './named-digest.js';

/** Columns of a table of hashes, by their place. */
export interface HashColumns {
  /** Place of the column that names the file. */
  file: number;
  size: number | null;
  /** Places of the columns of digests, and the algorithm of each at node:crypto. */
  digests: [place: number, algorithm: string][];
}

/** Columns that name a file, the most telling first: a path, a URL whose end it is, the UUID that IDC names its files by. */
const FILE = ['path', 'file_path', 'file_name', 'filename', 'file', 'name', 'key', 'object', 'url', 'aws_url', 's3_url', 'gcs_url', 'crdc_instance_uuid'];
const SIZE = ['size', 'size_bytes', 'file_size', 'filesize', 'bytes', 'instance_size'];
/** Columns of md5 whose names do not say so: that of the images in the index of IDC, and of tables for a Gen3 index. */
const MD5 = new Set(['instance_hash', 'md5_hash', 'md5hash', 'md5sum', 'file_md5sum', 'checksum_md5']);

/** The columns of a table of hashes by their names in lower case; null when it names no file or gives no digest. */
export function findHashColumns(names: readonly string[]): HashColumns | null {
  const place = (wanted: readonly string[]): number | null => wanted.map((name) => names.indexOf(name)).find((at) => at >= 0) ?? null;
  const file = place(FILE);
  const digests = names.flatMap((name, at): [number, string][] => {
    const algorithm = MD5.has(name) ? 'md5' : namedAlgorithm(name.replace(/_?(?:hash|sum|digest|checksum)$/, ''))?.name;
    return algorithm === undefined ? [] : [[at, algorithm]];
  });
  return file === null || digests.length === 0 ? null : { file, size: place(SIZE), digests };
}

/** Whether a line is the first of a table of hashes. */
export function isHashTable(line: string): boolean {
  const delimiter = line.includes('\t') ? '\t' : ',';
  return line.includes(delimiter) && findHashColumns(line.split(delimiter).map((name) => name.trim().replace(/^"|"$/g, '').toLowerCase())) !== null;
}
