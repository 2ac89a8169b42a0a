import { strict as assert } from 'node:assert';
import { parseJsonStrict } from '../../fixity/json.js';
import { CurationError } from '../../errors.js';
import type { TciaManifestSource } from '../../model/source-config.js';
import { HttpClient } from '../../network/http-client.js';
import { RequestRate } from '../../network/request-rate.js';
import { DEFAULT_RETRY, Retry } from '../../network/retry.js';
import { SourceFailure, type OpenedFile } from '../../network/source.js';
import { ahead } from '../dicomweb/ahead.js';
import { readBounded } from '../dicomweb/bounded-body.js';
import { DicomwebClient } from '../dicomweb/dicomweb-client.js';
import { readService } from '../dicomweb/dicomweb-service.js';
import { isUid } from '../dicomweb/instance-path.js';
import { openRetrieved } from '../dicomweb/retrieved-instance.js';
import { describeContent } from '../dicomweb/unexpected-content.js';
import { DEFAULT_CONNECTIONS } from '../remote/connections.js';
import type { ManifestItem } from '../../model/manifest-item.js';
import { unusableFile } from '../remote/manifest-items.js';
import type { RemoteContext } from '../remote/open-remote.js';
import type { RemoteFile, RemoteSource } from '../remote/remote-source.js';

const PATH = /^([0-9.]{1,64})\/([0-9.]{1,64})\.dcm$/;

/** Of the answer about one series: a million UIDs. */
const JSON_LIMITS = { maxBytes: 128 << 20, maxDepth: 8 };

/**
 * Opens the API of the archive (NBIA REST, version 1). No request is sent yet.
 * @throws {CurationError} CONFIG_INVALID
 */
export async function openTciaImages(config: TciaManifestSource, context: RemoteContext): Promise<RemoteSource> {
  const { name, base_url = '', authorization: header, connections = DEFAULT_CONNECTIONS, requests_per_second = null } = config;
  const { timeout_ms, signal, environment, note, retry = DEFAULT_RETRY } = context;
  const http = new HttpClient({ timeout_ms, connections, signal, onOtherHost: (from, to) => note(`${from} leads to ${to}: the bytes come from there, and no credentials went there.`) });
  const { base, authorization } = readService({ name, kind: 'dicomweb', url: base_url, ...(header === undefined ? {} : { auth: { header } }) }, environment, http);
  const parts = { base, authorization, http, rate: new RequestRate(requests_per_second, signal), retry: new Retry({ ...retry, seed: name.length }, signal) };
  return new TciaImages(new DicomwebClient(parts), parts.retry, connections, () => http.close(), context);
}

/**
 * The series of a manifest by the API of the archive. What tells one version of an image from another is its SOPInstanceUID, which is
 * not given twice (PS3.3 C.12.1.1.1): one whose bytes were exchanged under it is found only by reading everything again.
 */
class TciaImages implements RemoteSource {
  readonly left_out = 0;

  constructor(
    readonly client: DicomwebClient,
    readonly retry: Retry,
    readonly connections: number,
    readonly close: () => void,
    readonly context: RemoteContext,
  ) {}

  get name(): string {
    return this.client.name;
  }

  get requests(): number {
    return this.client.requests;
  }

  async *list(): AsyncGenerator<RemoteFile> {
    const { manifest } = this.context;
    assert(manifest !== undefined, 'the manifest was read');
    for await (const files of ahead(manifest.items(), this.connections, (item) => this.#listSeries(item))) yield* files;
  }

  async open({ path }: RemoteFile): Promise<OpenedFile | null> {
    const [, series = null, instance = null] = PATH.exec(path) ?? [];
    if (!isUid(series) || !isUid(instance)) throw new CurationError('SOURCE_UNREADABLE', `The path names no image of a series: ${path.slice(0, 200)}`, { expected: '<SeriesInstanceUID>/<SOPInstanceUID>.dcm' });
    const answer = await this.client.open('/getSingleImage', new URLSearchParams({ SeriesInstanceUID: series, SOPInstanceUID: instance }), '*/*');
    if (answer === null || answer.status === 204) return null;
    return openRetrieved(answer, instance);
  }

  async #listSeries({ path: series, unusable, unusable_code }: ManifestItem): Promise<RemoteFile[]> {
    if (unusable !== null) return [unusableFile(series, unusable, unusable_code)];
    const uids = await this.retry.run(() => this.#instancesOf(series));
    if (uids.length === 0) return [unusableFile(series, `${this.name} knows no image of this series, which the manifest lists.`, 'not-given')];
    return [...new Set(uids)].map((uid, at) => (isUid(uid) ? { path: `${series}/${uid}.dcm`, size_bytes: null, revision: uid, modified_ms: null, claimed: {} } : unusableFile(`${series}/${at + 1}`, 'The archive names the image by something that is no UID.', 'unusable-name')));
  }

  /** The UIDs as the archive sends them; none for a series that it does not have. */
  async #instancesOf(series: string): Promise<(string | null)[]> {
    const answer = await this.client.open('/getSOPInstanceUIDs', new URLSearchParams({ SeriesInstanceUID: series, format: 'json' }), 'application/json');
    if (answer === null) return [];
    const bytes = await readBounded(answer, JSON_LIMITS.maxBytes);
    if (bytes.length === 0) return [];
    const read = parseJsonStrict(bytes, JSON_LIMITS);
    const list = read.ok && Array.isArray(read.value) ? (read.value as unknown[]) : null;
    if (list === null) throw new SourceFailure(`${answer.name} answers something else than a list of UIDs: ${describeContent(answer.headers['content-type'], bytes)}`, { retry: false, wide: true, suggestions: ['base_url is the API of the archive: https://host/nbia-api/services/v1', 'Nothing was dropped from the catalog.'] });
    return list.map(uidOf);
  }
}

/** NBIA has written the key in more than one way. */
function uidOf(value: unknown): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const found = Object.entries(value).find(([key, text]) => /^SOPInstance_?UID$/i.test(key) && typeof text === 'string');
  return found === undefined ? null : (found[1] as string);
}
