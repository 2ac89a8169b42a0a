import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { basename, extname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { readHeader } from '../../../src/dicom/header.js';
import { KEPT_ATTRIBUTES } from '../../../src/model/header.js';
import { RLE_LOSSLESS } from './pixel-data.js';
import type { Frame } from './source-frames.js';

export type State = 'first' | 'second';

/** One image as it lies in the sample. */
export interface SampleImage {
  /** Relative to the folder of images of its state. */
  path: string;
  state: State;
  bytes: Buffer;
  /** Kept attributes by keyword; null: absent. */
  header: Record<string, string | null>;
  transferSyntax: string | null;
  /** Decoded stored values. */
  frame: Frame;
}

/** A row of a table as text; null: empty cell; the members of a list joined by `,`. */
export type TextRow = Record<string, string | null>;

/** Every image of the sample, sorted by path. */
export function readImages(root: string): SampleImage[] {
  const states: State[] = ['first', 'second'];
  return states.flatMap((state) => {
    const folder = join(root, state, 'dicom');
    const paths = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => extname(path) !== '' && path.endsWith('.dcm'));
    return paths.toSorted().map((path) => readImage(join(folder, path), path.replaceAll('\\', '/'), state));
  });
}

function readImage(file: string, path: string, state: State): SampleImage {
  const bytes = readFileSync(file);
  const reading = readHeader(bytes, { complete: true });
  if (reading === 'need-more-bytes' || reading.status !== 'ok') throw new Error(`${path} cannot be read`);
  const header = Object.fromEntries(KEPT_ATTRIBUTES.map(({ keyword }, index) => [keyword, reading.values[index] ?? null]));
  return { path, state, bytes, header, transferSyntax: reading.TransferSyntaxUID, frame: decodeFrame(bytes, header, reading.TransferSyntaxUID) };
}

/** Pixels are the last element of every file of the sample. */
function decodeFrame(bytes: Buffer, header: Record<string, string | null>, transferSyntax: string | null): Frame {
  const rows = Number(header['Rows']);
  const columns = Number(header['Columns']);
  const bytesPerPixel = Number(header['BitsAllocated']) / 8;
  const pixels = transferSyntax === RLE_LOSSLESS ? unpackFrame(bytes, rows * columns, bytesPerPixel) : bytes.subarray(-rows * columns * bytesPerPixel);
  const values = new Float64Array(rows * columns);
  const bigEndian = transferSyntax === '1.2.840.10008.1.2.2';
  for (let index = 0; index < values.length; index++) {
    if (bytesPerPixel === 1) values[index] = pixels[index]!;
    else values[index] = bigEndian ? pixels.readUInt16BE(2 * index) : pixels.readUInt16LE(2 * index);
  }
  return { rows, columns, values };
}

/** The only fragment of an RLE frame (PS3.5 Annex G), as little-endian pixels. */
function unpackFrame(bytes: Buffer, pixelCount: number, bytesPerPixel: number): Buffer {
  const element = bytes.lastIndexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00, 0x4f, 0x42, 0, 0, 0xff, 0xff, 0xff, 0xff]));
  const frame = bytes.subarray(element + 12 + 8 + 8);
  const pixels = Buffer.alloc(pixelCount * bytesPerPixel);
  for (let segment = 0; segment < bytesPerPixel; segment++) {
    let at = frame.readUInt32LE(4 * (segment + 1));
    for (let pixel = 0; pixel < pixelCount; ) {
      const control = frame.readInt8(at++);
      const count = control >= 0 ? control + 1 : 1 - control;
      for (let step = 0; step < count; step++) {
        pixels[pixel++ * bytesPerPixel + (bytesPerPixel - 1 - segment)] = frame[control >= 0 ? at + step : at]!;
      }
      at += control >= 0 ? count : 1;
    }
  }
  return pixels;
}

/** The tables of a state, by name; the second state overlays the first. */
export async function readTables(root: string, state: State): Promise<Map<string, TextRow[]>> {
  const files = new Map<string, string>();
  for (const layer of state === 'first' ? ['first'] : ['first', 'second']) {
    const folder = join(root, layer, 'tables');
    if (existsSync(folder)) for (const name of readdirSync(folder)) files.set(name, join(folder, name));
  }
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const tables = new Map<string, TextRow[]>();
  for (const [name, path] of [...files].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
    const rows = (await connection.runAndReadAll(`SELECT * FROM ${reader(path)}`)).getRowObjectsJson();
    tables.set(basename(name, extname(name)), rows.map((row) => Object.fromEntries(Object.entries(row).map(([column, cell]) => [column, asText(cell)]))));
  }
  connection.closeSync();
  instance.closeSync();
  return tables;
}

function reader(path: string): string {
  const file = `'${path.replaceAll("'", "''")}'`;
  if (path.endsWith('.parquet')) return `read_parquet(${file})`;
  if (path.endsWith('json')) return `read_json(${file})`;
  return `read_csv(${file}, all_varchar = true, header = true, delim = '${path.endsWith('.tsv') ? '\\t' : ','}')`;
}

function asText(cell: unknown): string | null {
  if (cell === null || cell === undefined) return null;
  return Array.isArray(cell) ? cell.map(String).join(',') : String(cell);
}

export function md5(bytes: Buffer | string): string {
  return createHash('md5').update(bytes).digest('hex');
}
