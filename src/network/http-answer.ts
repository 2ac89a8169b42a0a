import type { IncomingMessage } from 'node:http';
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
  if (statusCode === 401 || statusCode === 403) throw fail(`may not be read (${statusCode})`, { retry: false, kind: 'refused', suggestions: ['Ask its publisher who may read it.', 'User and password may stand in the URL: https://user:password@host/.'] });
  if (statusCode === 407) throw fail('is not reached: the proxy asks who asks (407)', { retry: false, suggestions: ['User and password of the proxy may stand in its URL: HTTP_PROXY=http://user:password@proxy:port'] });
  if (PASSING.has(statusCode)) throw fail(`answers ${statusCode}`, { retry: true, wait_ms: retryAfter(headers['retry-after']) });
  if (statusCode !== 200 && statusCode !== 206) throw fail(`answers ${statusCode}`, { retry: false });
  const encoding = headers['content-encoding'];
  if (encoding !== undefined && encoding !== 'identity') throw fail(`sends the file encoded (${encoding.slice(0, 20)}), which was not asked for`, { retry: false, suggestions: ['Its publisher has to switch off compression for the files of releases.'] });
  const validator = strongTag(headers.etag);
  const close = (): void => void response.destroy();
  if (statusCode === 200) return { from: 0, total: lengthOf(headers['content-length']), validator, body: body(), close };
  const range = /^bytes ([0-9]{1,15})-([0-9]{1,15})\/([0-9]{1,15}|\*)$/.exec(headers['content-range'] ?? '');
  if (range === null || Number(range[1]) !== from) throw fail('sends another part of the file than was asked for', { retry: false, kind: 'range' });
  return { from, total: range[3] === '*' ? null : Number(range[3]), validator, body: body(), close };
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
