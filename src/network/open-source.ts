import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { CurationError } from '../errors.js';
import { parseBucketUrl } from './bucket-url.js';
import { Bucket } from './s3-bucket.js';
import { FolderSource } from './folder-source.js';
import { HttpClient } from './http-client.js';
import { HttpSource } from './http-source.js';
import { S3Source } from './s3-source.js';
import type { Source } from './source.js';

export interface SourceOptions {
  /** Files that are read at once. */
  jobs: number;
  /** How long a server may send nothing, in ms. */
  timeout_ms: number;
  /** S3 server that is not Amazon's. */
  endpoint?: string | undefined;
  region?: string | undefined;
  signal?: AbortSignal | undefined;
  /** A sentence about where the bytes come from. */
  note(sentence: string): void;
}

/** Opens sources by what users type, with one set of connections. */
export class SourceOpener {
  readonly #http: HttpClient;

  constructor(readonly options: SourceOptions) {
    const { jobs, timeout_ms, signal, note } = options;
    const onOtherHost = (from: string, to: string): void => note(`${from} leads to ${to}: the bytes come from there, no credentials went there, and every byte is held against its digest.`);
    this.#http = new HttpClient({ timeout_ms, connections: jobs, signal, onOtherHost });
  }

  /**
   * The folder that a URL, or a path on this machine, names: of a release, or of the releases of a dataset.
   * @throws {CurationError} USAGE
   */
  async open(named: string): Promise<Source> {
    if (/^https?:\/\//i.test(named)) return new HttpSource(this.#http, folderUrl(named));
    const bucket = parseBucketUrl(named, this.options);
    if (bucket !== null) return new S3Source(await Bucket.open(bucket));
    if (/^[a-zA-Z][a-zA-Z0-9+.-]+:\/\//.test(named)) throw notASource(named);
    const path = resolve(named);
    if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) throw notASource(named);
    return new FolderSource(path);
  }

  /**
   * The folder of a file that fetch.txt names by its URL, and its name there.
   * @throws {CurationError} RELEASE_INVALID for a URL of another scheme
   */
  async openFile(url: string): Promise<{ source: Source; path: string }> {
    const at = url.lastIndexOf('/');
    if (/^s3:\/\/[^/]+\/./.test(url)) return { source: await this.open(url.slice(0, at)), path: url.slice(at + 1) };
    const target = /^https?:\/\//i.test(url) && URL.canParse(url) ? new URL(url) : null;
    if (target === null) throw new CurationError('RELEASE_INVALID', 'fetch.txt names a file by a URL that is not followed.', { expected: 'http://, https:// or s3://', found: `${url.slice(0, 40)}` });
    target.username = '';
    target.password = '';
    return { source: { name: `${target.protocol}//${target.host}`, at: () => null, open: (_path, request) => this.#http.open(target, request) }, path: '' };
  }

  /** Closes the connections that were kept. */
  close(): void {
    this.#http.close();
  }
}

/** Users copy the URL of a page, or of the file that matters. */
function folderUrl(text: string): URL {
  if (!URL.canParse(text)) throw notASource(text);
  const url = new URL(text);
  url.hash = '';
  url.pathname = url.pathname.replace(/\/(?:release\.json|index\.html|latest\.json)$/, '/');
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return url;
}

function notASource(named: string): CurationError {
  return new CurationError('USAGE', 'There is nothing of the kind to fetch from.', { expected: 'https://..., s3://bucket/prefix, or a folder', found: named.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '').slice(0, 200) });
}
