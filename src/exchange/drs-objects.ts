import { CurationError } from '../errors.js';
import { canonicalJson } from '../fixity/canonical-json.js';
import { fileUrl } from './base-url.js';
import { BUNDLE_LEVELS, makeBundleTables, type BundleLevel } from './bundle-tables.js';
import type { TextSink } from './export-target.js';
import { contentGuid, contentUuid } from '../manifests/guid.js';
import { contentRows, hasMd5 } from './image-rows.js';
import type { OpenedRelease } from './opened-release.js';

export interface DrsOptions {
  prefix: string;
  /** Host of the DRS service, for the URIs of the objects. */
  host: string;
  /** URL of the root of the release, with a slash at its end. */
  root: string;
  signal?: AbortSignal;
}

/** An object as the tables have it; `content` is the sha256 that its id is made from. */
interface ObjectRow {
  name: string;
  alias: string;
  content: string;
  size_bytes: number;
  sha256: string;
  md5: string | null;
}

type MemberRow = ObjectRow & { child_name: string; child_content: string };

/** Names that a DRS object may have: those of portable files (DrsObject.name, ContentsObject.name). */
const PORTABLE = /^[A-Za-z0-9._-]+$/;

const ACCESS_TYPES = new Map([['s3:', 's3'], ['gs:', 'gs'], ['https:', 'https'], ['ftp:', 'ftp']]); // prettier-ignore

/**
 * Writes the release as objects of GA4GH's Data Repository Service 1.5: a bundle for the release, one for every case with images, its studies
 * and series, and an object for every image content; one object a line, outermost first. Times are the date of the release. Returns how many.
 * @throws {CurationError} USAGE when DRS has no access by such a URL; RELEASE_INVALID, INTERRUPTED
 */
export async function writeDrsObjects(release: OpenedRelease, sink: TextSink, options: DrsOptions): Promise<number> {
  const writer = new DrsWriter(release, sink, options);
  await makeBundleTables(release, await hasMd5(release));
  sink.add('{"drs_objects":[');
  for (const level of BUNDLE_LEVELS) await writer.writeBundles(level);
  await writer.writeImages();
  sink.add('\n]}\n');
  return writer.count;
}

class DrsWriter {
  count = 0;
  readonly #type: string;

  constructor(
    readonly release: OpenedRelease,
    readonly sink: TextSink,
    readonly options: DrsOptions,
  ) {
    const { protocol } = new URL(options.root);
    const type = ACCESS_TYPES.get(protocol);
    if (type === undefined) throw new CurationError('USAGE', `DRS knows no access by ${protocol}//.`, { expected: 'a base URL of s3://, gs://, https:// or ftp://', found: protocol });
    this.#type = type;
  }

  /** A bundle is written while its members arrive: nothing holds them all. Equal contents are one object. */
  async writeBundles({ table, child, keys }: BundleLevel): Promise<void> {
    const on = keys.length === 0 ? 'true' : keys.map((key) => `p.${key} = c.${key}`).join(' AND ');
    const order = keys.length === 0 ? 'name' : keys.join(', ');
    const once = `(FROM ${table} QUALIFY row_number() OVER (PARTITION BY content ORDER BY ${order}) = 1)`;
    const sql = `SELECT p.name, p.alias, p.content, p.size_bytes, p.sha256, p.md5, c.name AS child_name, c.content AS child_content
      FROM ${once} AS p JOIN ${child} AS c ON ${on} ORDER BY ${[...keys.map((key) => `p.${key}`), 'c.name', 'c.content'].join(', ')}`;
    let open: string | null = null;
    for await (const rows of this.#stream<MemberRow>(sql)) {
      for (const row of rows) {
        if (row.content !== open) {
          if (open !== null) this.sink.add(']}');
          this.#begin(`${canonicalJson(this.#describe(row)).slice(0, -1)},"contents":[`);
        } else this.sink.add(',');
        open = row.content;
        this.sink.add(canonicalJson(this.#member(row)));
      }
    }
    if (open !== null) this.sink.add(']}');
  }

  async writeImages(): Promise<void> {
    const { release, options } = this;
    for await (const { paths, SOPInstanceUID, ...row } of contentRows(release, options.signal)) {
      const access = paths.map((path) => ({ type: this.#type, access_url: { url: fileUrl(options.root, path) } }));
      const described = this.#describe({ ...row, name: `${SOPInstanceUID}.dcm`, alias: SOPInstanceUID, content: row.sha256 });
      this.#begin(canonicalJson({ ...described, mime_type: 'application/dicom', access_methods: access }));
    }
  }

  #begin(text: string): void {
    this.sink.add(`${this.count === 0 ? '' : ','}\n${text}`);
    this.count += 1;
  }

  #describe({ name, alias, content, size_bytes, sha256, md5 }: ObjectRow): Record<string, unknown> {
    const { date, version } = this.release.document;
    const created = `${date}T00:00:00Z`;
    return {
      id: contentGuid(this.options.prefix, content),
      self_uri: this.#uri(content),
      size: size_bytes,
      created_time: created,
      updated_time: created,
      version,
      checksums: [{ type: 'sha-256', checksum: sha256 }, ...(md5 === null ? [] : [{ type: 'md5', checksum: md5 }])],
      aliases: [alias],
      ...(PORTABLE.test(name) ? { name } : {}),
    };
  }

  #member({ child_name: name, child_content: content }: MemberRow): Record<string, unknown> {
    // A case may have a name that no portable file has: the id stands for it then, and the alias of the object says it.
    return { name: PORTABLE.test(name) ? name : contentUuid(content), id: contentGuid(this.options.prefix, content), drs_uri: [this.#uri(content)] };
  }

  /** A host-based URI; the slash in the id is percent-encoded (DRS 1.5, "Hostname-based DRS URIs"). */
  #uri(content: string): string {
    return `drs://${this.options.host}/${encodeURIComponent(contentGuid(this.options.prefix, content))}`;
  }

  async *#stream<Row>(sql: string): AsyncGenerator<Row[], void, undefined> {
    for await (const rows of this.release.catalog.stream<Row>(sql)) {
      if (this.options.signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted.');
      yield rows;
    }
  }
}

/**
 * The host of a DRS service or of a data commons.
 * @throws {CurationError} USAGE
 */
export function parseHost(text: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(text)) return text.toLowerCase();
  throw new CurationError('USAGE', `${JSON.stringify(text.slice(0, 80))} is no host.`, { expected: 'a name without https:// and path, e.g. data.midrc.org' });
}
