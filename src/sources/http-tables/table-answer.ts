import type { IncomingHttpHeaders } from 'node:http';
import { failureOfStatus } from '../../network/http-answer.js';
import type { HttpAnswer } from '../../network/http-client.js';
import { SourceFailure } from '../../network/source.js';
import { INFLATED_BYTES_MAX } from '../table-bytes.js';

/** What tells this version of a file from others, as its server says (RFC 9110 8.8); null: nothing does. */
export interface TableValidator {
  etag: string | null;
  last_modified: string | null;
}

/** How much later than the file the answer must be: only then has no other version the same second (RFC 9110 8.8.2.2). */
const SETTLED_MS = 2000;

/**
 * Judges the head of an answer to a request for a whole table file; whether there is one that was not here before.
 * @param conditional whether it was asked for only if it changed
 * @throws {SourceFailure}
 */
export function judgeHead({ status, headers, name }: HttpAnswer, conditional: boolean, gzip: boolean): 'changed' | 'unchanged' {
  const fail = (reason: string, ...suggestions: string[]): SourceFailure => new SourceFailure(`${name} ${reason}`, { retry: false, suggestions });
  if (status === 304 && conditional) return 'unchanged';
  if (status === 404 || status === 410) throw fail(`is not there (${status})`, 'Correct url and tables of the source in colophon.yaml.');
  const failure = failureOfStatus(status, headers, ['Ask who runs the server who may read it; the header Authorization is `authorization` of the source.']);
  if (failure !== null) throw new SourceFailure(`${name} ${failure.reason}`, failure.details);
  if (status !== 200) throw fail(`answers ${status} to a request for a whole file`);
  if (/^text\/html\b/i.test(headers['content-type'] ?? '')) throw aPage(name);
  const encoding = headers['content-encoding'] ?? 'identity';
  // Some servers call a file that is gzipped on their disk an encoded one: its bytes are those of the file.
  if (encoding !== 'identity' && !(gzip && /^(?:x-)?gzip$/i.test(encoding))) throw fail(`sends the file encoded (${encoding.slice(0, 20)}), which was not asked for`, 'Switch off compression for it, or name the .gz file.');
  const length = headers['content-length'];
  if (length !== undefined && Number(length) > INFLATED_BYTES_MAX) throw tooLong(name);
  // RFC 9112 6.3: what ends with the connection may have been cut off, and nobody would know.
  if (length === undefined && !/\bchunked$/i.test(headers['transfer-encoding'] ?? '')) throw fail('does not say where the file ends', 'Its server has to send Content-Length, or chunks.');
  return 'changed';
}

/** The bytes of a table file; the first ones are looked at. @throws {SourceFailure} */
export async function* judgeBody({ body, name }: HttpAnswer, text: boolean): AsyncGenerator<Uint8Array> {
  let total = 0;
  let begun = !text;
  for await (const bytes of body) {
    total += bytes.length;
    if (total > INFLATED_BYTES_MAX) throw tooLong(name);
    const first = begun ? undefined : bytes.find((byte) => byte > 0x20 && byte !== 0xef && byte !== 0xbb && byte !== 0xbf);
    if (first === 0x3c) throw aPage(name);
    begun ||= first !== undefined;
    yield bytes;
  }
}

/** The validator of an answer, as far as it can be relied on and sent back. */
export function validatorOf(headers: IncomingHttpHeaders): TableValidator {
  const { etag, date = '', 'last-modified': modified } = headers;
  const settled = modified !== undefined && /^[A-Za-z0-9,: ]{1,40}$/.test(modified) && Date.parse(date) - Date.parse(modified) >= SETTLED_MS;
  return { etag: etag !== undefined && /^(?:W\/)?"[\x21\x23-\x7e]{0,200}"$/.test(etag) ? etag : null, last_modified: settled ? modified : null };
}

/** Headers that ask for a file only if it is another one than before; none when nothing tells. */
export function conditionOf(known: TableValidator | undefined): Record<string, string> {
  if (known === undefined) return {};
  if (known.etag !== null) return { 'if-none-match': known.etag };
  return known.last_modified === null ? {} : { 'if-modified-since': known.last_modified };
}

function aPage(name: string): SourceFailure {
  return new SourceFailure(`${name} sends a page (HTML) in the place of a table`, { retry: false, suggestions: ['Does the server ask for a login? Open the address in a browser.'] });
}

function tooLong(name: string): SourceFailure {
  return new SourceFailure(`${name} sends more than ${INFLATED_BYTES_MAX} bytes`, { retry: false });
}
