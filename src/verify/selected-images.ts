import { CurationError } from '../errors.js';
import type { Inspection } from './inspection.js';
import { soundTables, tableOfPath } from './sound-tables.js';

const IMAGES = 'data/images/';

/**
 * Finds out which images `only` asks for: the rest of the images is left alone, and every other file is checked as ever. Where the
 * tables are not as they were published nobody knows which images are meant: then all are checked, which is told.
 * @throws {CurationError} USAGE: the tables do not have what is asked for
 */
export async function selectImages(inspection: Inspection): Promise<void> {
  const { payload, options, notes } = inspection;
  const { only } = options;
  if (only === undefined) return;
  const listed = new Map<string, number>();
  for (let number = 0; number < payload.length; number++) {
    const table = tableOfPath(payload.pathOf(number));
    if (table !== null) listed.set(table, number);
  }
  const tables = soundTables(inspection, listed);
  if (!tables.has('instances') || tables.size < listed.size) return void notes.push('The tables of this copy are not all as they were published, so they do not tell which images --only asks for: all were checked.');
  const wanted = new Uint8Array(payload.length);
  const unlisted: string[] = [];
  try {
    for await (const paths of only.select(tables)) {
      for (const path of paths) {
        const number = payload.numberOf(path);
        if (number === undefined) unlisted.push(path);
        else wanted[number] = 1;
      }
    }
  } catch (error) {
    if (!(error instanceof CurationError) || error.code === 'USAGE') throw error;
    return void notes.push(`The tables of this copy could not be read (${error.message}), so they do not tell which images --only asks for: all were checked.`);
  }
  for (const path of unlisted) inspection.report('missing', path, 'The table of images has it, and the manifest does not list it.');
  leaveOut(inspection, wanted, only.text);
}

function leaveOut(inspection: Inspection, wanted: Uint8Array, expression: string): void {
  const { payload } = inspection;
  const selected = { expression, images: 0, bytes: 0, left_out: 0, left_out_bytes: 0 };
  for (let number = 0; number < payload.length; number++) {
    if (!payload.pathOf(number).startsWith(IMAGES)) continue;
    const bytes = payload.sizeOf(number) ?? 0;
    if (wanted[number] === 1) {
      selected.images += 1;
      selected.bytes += bytes;
    } else {
      payload.leaveOut(number);
      selected.left_out += 1;
      selected.left_out_bytes += bytes;
    }
  }
  inspection.selected = selected;
}
