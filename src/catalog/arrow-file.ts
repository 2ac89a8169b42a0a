import { closeSync, openSync, writeSync } from 'node:fs';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { RecordBatchFileWriter, Schema } from 'apache-arrow';
import { columnGatherers, type ColumnGatherer } from './arrow-columns.js';
import type { ArrowModule } from './arrow-schema.js';

/** Rows of a record batch: a part of the bytes, so it never changes within a format version. */
const BATCH_ROWS = 16_384;

/** What an Arrow file is written from. */
export interface ArrowExport {
  schema: Schema;
  /** The values of each dictionary, by the number of its column. */
  categories: ReadonlyMap<number, readonly string[]>;
  chunks: AsyncIterable<DuckDBDataChunk>;
  path: string;
}

/**
 * Writes rows to an Arrow IPC file, batch by batch: only one batch is ever in memory, and the bytes depend on the rows alone, not on
 * how they come in chunks. A table without rows has one empty batch, so that its dictionaries are there.
 */
export async function writeArrowFile(arrow: ArrowModule, { schema, categories, chunks, path }: ArrowExport): Promise<void> {
  const descriptor = openSync(path, 'wx', 0o644);
  try {
    const writer = fileWriter(arrow, descriptor);
    const gatherers = columnGatherers(arrow, schema, categories);
    let gathered = 0;
    let batches = 0;
    const flush = (): void => {
      writer.write(takeBatch(arrow, schema, gatherers, gathered));
      gathered = 0;
      batches += 1;
    };
    for await (const chunk of chunks) {
      for (let from = 0; from < chunk.rowCount; ) {
        const to = Math.min(chunk.rowCount, from + BATCH_ROWS - gathered);
        gatherers.forEach((gatherer, column) => gatherer.append(chunk.getColumnVector(column), from, to));
        gathered += to - from;
        from = to;
        if (gathered === BATCH_ROWS) flush();
      }
    }
    if (gathered > 0 || batches === 0) flush();
    writer.close();
  } finally {
    closeSync(descriptor);
  }
}

function takeBatch(arrow: ArrowModule, schema: Schema, gatherers: readonly ColumnGatherer[], length: number): InstanceType<ArrowModule['RecordBatch']> {
  const type = new arrow.Struct(schema.fields);
  return new arrow.RecordBatch(schema, arrow.makeData({ type, length, nullCount: 0, children: gatherers.map((gatherer) => gatherer.take()) }));
}

/** Arrow's writer, which puts its bytes into a queue of no limit, bound to a file instead. */
function fileWriter(arrow: ArrowModule, descriptor: number): RecordBatchFileWriter {
  class BoundWriter extends arrow.RecordBatchFileWriter {
    protected override _write(chunk: ArrayBufferView): this {
      if (!this._started) return this;
      const bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength);
      for (let at = 0; at < bytes.length; ) at += writeSync(descriptor, bytes, at);
      this._position += bytes.length;
      return this;
    }
  }
  return new BoundWriter();
}
