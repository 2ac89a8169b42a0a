import { failureOfStatus } from '../../network/http-answer.js';
import type { HttpAnswer, HttpClient } from '../../network/http-client.js';
import { nameOf } from '../../network/http-client.js';
import type { RequestRate } from '../../network/request-rate.js';
import type { Retry } from '../../network/retry.js';
import { SourceFailure } from '../../network/source.js';
import type { Authorization } from './authorization.js';
import { readBounded } from './bounded-body.js';
import { parseDicomJson, type JsonDataSet } from './dicom-json.js';
import { describeContent } from './unexpected-content.js';

export const DICOM_JSON = 'application/dicom+json';

/** Largest answer that is JSON, in bytes. */
const MAX_JSON = 64 << 20;
/** Of an answer that is refused, what is looked at for the message, in bytes. */
const MAX_HEAD = 4096;

const WHEN_REFUSED = ['Name who asks in colophon.yaml under auth: header or oauth2, with secrets from the environment.', 'Ask who runs the server what this client may read.'];

export interface ClientParts {
  http: HttpClient;
  /** Base of the service; its path ends without `/`. */
  base: URL;
  authorization: Authorization;
  rate: RequestRate;
  retry: Retry;
}

/** An answer to a search, or metadata. */
export interface JsonAnswer {
  dataSets: JsonDataSet[];
  /** Whether the server says that there is more (Warning 299, PS3.18 8.3.4.4). */
  more: boolean;
}

/** Asks a DICOMweb service: with credentials for it alone, no faster than it may be asked. */
export class DicomwebClient {
  readonly #parts: ClientParts;
  /** Requests sent. */
  requests = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  get name(): string {
    return nameOf(this.#parts.base);
  }

  /**
   * A search or metadata, as often as it takes; null when there is nothing of the kind (404, 410).
   * @throws {SourceFailure} INTERRUPTED
   */
  json(path: string, query: URLSearchParams = new URLSearchParams()): Promise<JsonAnswer | null> {
    return this.#parts.retry.run(() => this.#json(path, query));
  }

  async #json(path: string, query: URLSearchParams): Promise<JsonAnswer | null> {
    const answer = await this.open(path, query, DICOM_JSON);
    if (answer === null) return null;
    if (answer.status === 204) {
      answer.close();
      return { dataSets: [], more: false };
    }
    const bytes = await readBounded(answer, MAX_JSON);
    const read = parseDicomJson(bytes);
    if (!read.ok) throw new SourceFailure(`${answer.name} answers something else than ${DICOM_JSON}: ${describeContent(answer.headers['content-type'], bytes)}; ${read.reason}`, { retry: false });
    return { dataSets: read.dataSets, more: /^299 |, ?299 /.test(String(answer.headers.warning ?? '')) };
  }

  /**
   * Sends one request and gives an answer that is none of failure; null when there is nothing of the kind. A token that the
   * server does not take is asked for anew, once.
   * @param judged statuses that whoever asks judges
   * @throws {SourceFailure} INTERRUPTED
   */
  async open(path: string, query: URLSearchParams, accept: string, judged: readonly number[] = []): Promise<HttpAnswer | null> {
    const answer = (await this.#send(path, query, accept, true)) ?? (await this.#send(path, query, accept, false));
    if (answer === null || answer.status === 204 || judged.includes(answer.status)) return answer;
    const { status, headers, name } = answer;
    if (status === 404 || status === 410) {
      answer.close();
      return null;
    }
    const failure = failureOfStatus(status, headers, WHEN_REFUSED);
    if (failure === null) return answer;
    const head = await headOf(answer);
    const told = failure.details.kind === 'refused' || head.length === 0 ? '' : ` (${describeContent(headers['content-type'], head)})`;
    throw new SourceFailure(`${name} ${failure.reason}${told}`, failure.details);
  }

  /** Null when another token can be tried. */
  async #send(path: string, query: URLSearchParams, accept: string, again: boolean): Promise<HttpAnswer | null> {
    const { http, base, authorization, rate } = this.#parts;
    const url = new URL(base);
    url.pathname += path;
    url.search = query.toString();
    const header = await authorization.header();
    await rate.take();
    this.requests += 1;
    const answer = await http.ask(url, { headers: { accept } }, header);
    if (!again || answer.status !== 401 || !authorization.refused(header)) return answer;
    answer.close();
    return null;
  }
}

async function headOf(answer: HttpAnswer): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  try {
    for await (const chunk of answer.body) {
      chunks.push(chunk);
      size += chunk.length;
      if (size >= MAX_HEAD) break;
    }
  } catch (error) {
    if (!(error instanceof SourceFailure)) throw error;
  } finally {
    answer.close();
  }
  return Buffer.concat(chunks);
}
