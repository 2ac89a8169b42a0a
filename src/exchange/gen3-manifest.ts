import { canonicalJson } from '../fixity/canonical-json.js';
import type { TextSink } from './export-target.js';
import { contentGuid } from '../manifests/guid.js';
import { imageRows } from './image-rows.js';
import type { OpenedRelease } from './opened-release.js';

/** How the ids of a Gen3 index are made and where its files lie. */
export interface Gen3Options {
  /** Prefix of the commons: `dg.MD1R` is MIDRC's. */
  prefix: string;
  /** Host of the commons, e.g. `data.midrc.org`; null leaves it out, and clients take the one they are logged in to. */
  commons: string | null;
  signal?: AbortSignal;
}

/**
 * Writes the images as a file manifest of Gen3, which gen3-client and the Gen3 SDK download from: one object a line, in the order of
 * the paths. `file_name` is the path in the release, so that a download has the tree of the release. Returns how many.
 */
export async function writeGen3Manifest(release: OpenedRelease, sink: TextSink, { prefix, commons, signal }: Gen3Options): Promise<number> {
  let count = 0;
  sink.add('[');
  for await (const rows of imageRows(release, signal)) {
    for (const { path, size_bytes, sha256, md5 } of rows) {
      const entry = {
        object_id: contentGuid(prefix, sha256),
        file_name: path,
        file_size: size_bytes,
        ...(md5 === null ? {} : { md5sum: md5 }),
        ...(commons === null ? {} : { commons_url: commons }),
      };
      sink.add(`${count === 0 ? '' : ','}\n  ${canonicalJson(entry)}`);
      count += 1;
    }
  }
  sink.add('\n]\n');
  return count;
}
