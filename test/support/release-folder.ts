/** Writes small releases, valid by releases/README.md, without the room that cuts real ones: verify must stand on the format alone. */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { compareBytewise } from '../../src/fixity/order.js';
import { RELEASE_FORMAT, type ReleaseDocument, type ReleaseReference } from '../../src/model/release.js';

export interface ReleaseFolderOptions {
  version?: string;
  sequence?: number;
  previous?: ReleaseReference | null;
  /** Paths below data/ that are listed with this URL in fetch.txt and not written. */
  notCarried?: Record<string, string>;
  dataset?: string;
  /** Tombstones that release.json counts. */
  withdrawn?: number;
}

export function sha256(data: string | Uint8Array): string {
  return createHash('sha256').update(data).digest('hex');
}

/** A payload with what tends to go wrong: an empty file, one over the read buffer, two alike, a name beyond ASCII. */
export const PAYLOAD: Record<string, string | Buffer> = {
  'data/croissant.json': '{}\n',
  'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.1.dcm': Buffer.alloc(3000, 'one'),
  'data/images/C1/1.2.3/1.2.3.4/1.2.3.4.2.dcm': Buffer.alloc(3000, 'two'),
  'data/images/C2/1.2.5/1.2.5.6/1.2.5.6.1.dcm': Buffer.alloc((1 << 20) + 4096, 'big'),
  'data/notes/empty.txt': '',
  'data/notes/übersicht.txt': 'same',
  'data/notes/z.txt': 'same',
  'data/tables/cases.parquet': Buffer.alloc(500, 'PAR1'),
};

/** Writes payload, lists and release.json into `folder` and returns the release digest, 64 hex digits. */
export function writeRelease(folder: string, payload: Record<string, string | Buffer> = PAYLOAD, options: ReleaseFolderOptions = {}): string {
  for (const [path, content] of Object.entries(payload)) {
    if (options.notCarried?.[path] !== undefined) continue;
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  const entries = Object.keys(payload).sort(compareBytewise).map((path) => ({ path, bytes: Buffer.from(payload[path]!) }));
  return sealRelease(folder, entries.map(({ path, bytes }) => ({ path, sha256: sha256(bytes), size: bytes.length })), options);
}

export interface ListedFile {
  path: string;
  sha256: string;
  size: number;
}

/** Writes the files beside data/ for a payload that is there already; entries sorted bytewise. */
export function sealRelease(folder: string, entries: ListedFile[], options: ReleaseFolderOptions = {}): string {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return sha256(text);
  };
  mkdirSync(join(folder, 'data'), { recursive: true });
  const notCarried = options.notCarried ?? {};
  const fetchLines = entries.filter(({ path }) => notCarried[path] !== undefined).map(({ path, size }) => `${notCarried[path]} ${size} ${path}\n`);
  const digests = {
    manifest: write('manifest-sha256.txt', entries.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join('')),
    bagit: write('bagit.txt', 'BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n'),
    bag_info: write('bag-info.txt', `Bagging-Date: 2026-01-31\nPayload-Oxum: ${total}.${entries.length}\n`),
    sizes: write('payload-sizes.txt', entries.map(({ path, size }) => `${size}  ${path}\n`).join('')),
    ...(fetchLines.length > 0 ? { fetch: write('fetch.txt', fetchLines.join('')) } : {}),
    content: sha256('content'),
  };
  const version = options.version ?? '1.0.0';
  const document: ReleaseDocument = {
    format: RELEASE_FORMAT,
    dataset: { id: options.dataset ?? 'test-set', title: 'A test', license: 'CC-BY-4.0' },
    version,
    sequence: options.sequence ?? 1,
    date: '2026-01-31',
    previous: options.previous ?? null,
    counts: { cases: 2, studies: 2, series: 2, instances: 3, bytes: total, tables: 1, withdrawn: options.withdrawn ?? 0 },
    digests,
    schema: null,
    splits: [],
    policy: { profile: 'internal', digest: sha256('policy'), errors: 0, warnings: 0, waived: 0 },
    tool: { name: 'colophon', version: '0.1.0', duckdb: 'v1.5.5' },
  };
  const digest = write('release.json', canonicalJson(document));
  write('index.html', `<!doctype html><title>${version}</title>\n`);
  write('CHANGES.md', `# ${version}\n`);
  resealTagManifest(folder);
  return digest;
}

/** Writes tagmanifest-sha256.txt anew over the files beside data/, as somebody who covers his tracks would. */
export function resealTagManifest(folder: string): void {
  const names = ['CHANGES.md', 'bag-info.txt', 'bagit.txt', 'fetch.txt', 'index.html', 'manifest-sha256.txt', 'payload-sizes.txt', 'release.json'];
  const lines = names.flatMap((name) => {
    try {
      return `${sha256(readFileSync(join(folder, name)))}  ${name}\n`;
    } catch {
      return [];
    }
  });
  writeFileSync(join(folder, 'tagmanifest-sha256.txt'), lines.join(''));
}
