import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { SourceFailure, type OpenedFile, type RangeRequest } from './source.js';

/** Answers after which the same request may succeed. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/**
 * Reads the head of an answer to a request for a file or a part of one; null when there is no such file.
 * @throws {SourceFailure}
 */
export function readAnswer(response: IncomingMessage, { from = 0 }: RangeRequest, name: string, body: () => AsyncIterable<Uint8Array>): OpenedFile | null {
  const { statusCode = 0, headers } = response;
  const fail = (reason: string, details: SourceFailure['details']): SourceFailure => {
    response.destroy();
    return new SourceFailure(`${name} ${reason}`, details);
  };
  if (statusCode === 404 || statusCode === 410) {
    response.destroy();
    return null;
  }
  if (statusCode === 416 || statusCode === 412) throw fail('does not have that part of the file any more', { retry: false, kind: 'range' });
  const failure = failureOfStatus(statusCode, headers, ['Ask its publisher who may read it.', 'User and password may stand in the URL: https://user:password@host/.']);
  if (failure !== null) throw fail(failure.reason, failure.details);
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw fail(`sends the file encoded (${encoding.slice(0, 20)}), which was not asked for`, { retry: false, suggestions: ['Its publisher has to switch off compression for the files of releases.'] });
  const validator = strongTag(headers.etag);
  const close = (): void => void response.destroy();
  if (statusCode === 200) return { from: 0, total: lengthOf(headers['content-length']), validator, body: body(), close };
  const range = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/.exec(headers['content-range'] ?? '');
  if (range === null || Number(range[1]) !== from) throw fail('sends another part of the file than was asked for', { retry: false, kind: 'range' });
  return { from, total: range[3] === '*' ? null : Number(range[3]), validator, body: body(), close };
}

/**
 * What a status says about a request that was not fulfilled; null for 200 and 206.
 * @param whenRefused what to do about 401 and 403
 */
export function failureOfStatus(status: number, headers: IncomingHttpHeaders, whenRefused: string[]): { reason: string; details: SourceFailure['details'] } | null {
  if (status === 200 || status === 206) return null;
  // 401: who asks is not known (RFC 9110 15.5.2), and no other request will fare better
  if (status === 401 || status === 403) return { reason: `may not be read (${status})`, details: { retry: false, kind: 'refused', suggestions: whenRefused, ...(status === 401 ? { wide: true } : {}) } };
  if (status === 407) return { reason: 'is not reached: the proxy asks who asks (407)', details: { retry: false, suggestions: ['User and password of the proxy may stand in its URL: HTTP_PROXY=http://user:password@proxy:port'] } };
  const passing = PASSING.has(status);
  return { reason: `answers ${status}`, details: { retry: passing, ...(passing ? { wait_ms: retryAfter(headers['retry-after']) } : {}) } };
}

/** RFC 9110 13.1.5: weak tags do not hold for parts. */
function strongTag(tag: string | undefined): string | null {
  return tag !== undefined && /^"[\x21\x23-\x7e]{0,200}"$/.test(tag) ? tag : null;
}

function lengthOf(text: string | undefined): number | null {
  return text !== undefined && /^[0-9]{1,15}$/.test(text) ? Number(text) : null;
}

/** RFC 9110 10.2.3 in ms; a date is no pause that a clock set wrong could not make endless, so it counts for nothing. */
function retryAfter(text: string | undefined): number {
  return text !== undefined && /^[0-9]{1,6}$/.test(text) ? 1000 * Number(text) : 0;
}
