import { canonicalJson } from '../fixity/canonical-json.js';
import { RunningSha256 } from '../fixity/digest.js';
import { formatManifestLine } from '../fixity/manifest.js';
import { PACK_FORMAT, type PackIndex, type PackUnit } from '../model/transfer.js';
import { ListWriter } from '../release/list-writer.js';
import { IMAGE_FOLDER } from './shard-plan.js';
import type { ReleaseFile } from './release-tree.js';

/**
 * Writes the index of a pack while it is packed: a unit is written when it ends, so that none is kept. The members of the
 * object are in the order of RFC 8785 3.2.3: `archive`, `by`, `contents`, and only then what is known at the end.
 */
export class IndexWriter {
  readonly #list: ListWriter;
  #unit: PackUnit | null = null;
  #lines = new RunningSha256();
  /** Units written. */
  #units = 0;

  constructor(path: string, { archive, by }: Pick<PackIndex, 'archive' | 'by'>) {
    this.#list = new ListWriter(path);
    this.#list.add(`${canonicalJson({ archive, by }).slice(0, -1)},"contents":[`);
  }

  /** Notes an image in a shard; the images of a unit follow each other. */
  note(unit: string, shard: number, { path, size_bytes, sha256 }: ReleaseFile): void {
    if (this.#unit?.path !== unit) {
      this.#endUnit();
      const case_id = unit.slice(IMAGE_FOLDER.length).split('/')[0] ?? '';
      this.#unit = { case_id, path: unit, shard, files: 0, size_bytes: 0, manifest_sha256: '' };
      this.#lines = new RunningSha256();
    }
    this.#unit.files += 1;
    this.#unit.size_bytes += size_bytes;
    this.#lines.update(Buffer.from(formatManifestLine(sha256, path)));
  }

  #endUnit(): void {
    if (this.#unit === null) return;
    this.#list.add((this.#units === 0 ? '' : ',') + canonicalJson({ ...this.#unit, manifest_sha256: this.#lines.hex() }));
    this.#units += 1;
    this.#unit = null;
  }

  /** Writes the rest; durable then. */
  finish(rest: Pick<PackIndex, 'not_carried' | 'release' | 'shards'>): void {
    this.#endUnit();
    this.#list.add(`],${canonicalJson({ format: PACK_FORMAT, ...rest }).slice(1)}`);
    this.#list.close();
  }

  /** Lets go of an index that will not be finished. */
  abandon(): void {
    this.#list.abandon();
  }
}
