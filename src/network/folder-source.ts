import { closeSync, createReadStream } from 'node:fs';
import { dirname, join } from 'node:path';
import { wrapSystemError } from '../errors.js';
import { openRegularFileCoarse, UnreadableFileError } from '../fixity/file.js';
import type { OpenedFile, RangeRequest, Source } from './source.js';
import { SourceFailure } from './source.js';

/** A folder on this machine. Links in it that stand for files are not followed. */
export class FolderSource implements Source {
  constructor(readonly name: string) {}

  at(folder: string): FolderSource | null {
    if (folder !== '..') return new FolderSource(join(this.name, folder));
    const above = dirname(this.name);
    return above === this.name ? null : new FolderSource(above);
  }

  async open(path: string, { from = 0, to }: RangeRequest = {}): Promise<OpenedFile | null> {
    const place = join(this.name, path);
    try {
      const { descriptor, stat } = openRegularFileCoarse(place);
      if (from > stat.size) {
        closeSync(descriptor);
        throw new SourceFailure(`${place} is shorter`, { retry: false, kind: 'range' });
      }
      const stream = createReadStream('', { fd: descriptor, start: from, ...(to === undefined ? {} : { end: to - 1 }), highWaterMark: 1 << 20 });
      return { from, total: stat.size, validator: null, body: readable(stream, place), close: () => void stream.destroy() };
    } catch (error) {
      if (error instanceof UnreadableFileError && error.defect === 'missing') return null;
      if (error instanceof UnreadableFileError) throw new SourceFailure(error.message, { retry: false, cause: error });
      throw error;
    }
  }
}

async function* readable(stream: AsyncIterable<Uint8Array>, place: string): AsyncGenerator<Uint8Array> {
  try {
    yield* stream;
  } catch (error) {
    throw wrapSystemError(error, 'reading', place);
  }
}
