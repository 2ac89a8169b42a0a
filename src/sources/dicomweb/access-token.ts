import { parseJsonStrict } from '../../fixity/json.js';
import { failureOfStatus } from '../../network/http-answer.js';
import type { HttpAnswer, HttpClient } from '../../network/http-client.js';
import { SourceFailure } from '../../network/source.js';
import type { Authorization } from './authorization.js';
import { readBounded } from './bounded-body.js';

/** A client of an authorization server (RFC 6749 4.4). */
export interface ClientCredentials {
  token_url: URL;
  client_id: string;
  client_secret: string;
  scope: string | null;
}

/** A token is renewed this long before it expires, in ms; of a short-lived one when nine tenths of its life are over. */
const AHEAD_MS = 30_000;
const MAX_ANSWER = 256 * 1024;

const WHEN_REFUSED = ['Check client_id and client_secret of auth.oauth2 in colophon.yaml, and that this client may use the grant client_credentials.'];

interface Token {
  header: string;
  /** On the clock that only goes forward, so that one set anew changes nothing; Infinity when the server did not say. */
  renewAt_ms: number;
}

/**
 * An OAuth 2.0 access token by client credentials: asked for when the first request needs it, kept in memory only, asked for
 * again before it expires, and when the server refuses it. Requests that need one at the same time share it.
 */
export class AccessToken implements Authorization {
  #token: Token | null = null;
  #coming: Promise<Token> | null = null;
  readonly #client: ClientCredentials;

  constructor(
    readonly http: HttpClient,
    client: ClientCredentials,
    readonly now: () => number = () => performance.now(),
  ) {
    this.#client = client;
  }

  async header(): Promise<string> {
    if (this.#token !== null && this.now() < this.#token.renewAt_ms) return this.#token.header;
    this.#coming ??= this.#ask().finally(() => (this.#coming = null));
    this.#token = await this.#coming;
    return this.#token.header;
  }

  refused(used: string | null): boolean {
    // Another request may have got a new one already: that one was not refused.
    if (this.#token?.header === used) this.#token = null;
    return true;
  }

  async #ask(): Promise<Token> {
    const { token_url, client_id, client_secret, scope } = this.#client;
    const body = new URLSearchParams({ grant_type: 'client_credentials', ...(scope === null ? {} : { scope }) }).toString();
    // RFC 6749 2.3.1: form-encoded, then as user and password.
    const basic = Buffer.from(`${formEncode(client_id)}:${formEncode(client_secret)}`).toString('base64');
    const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
    const asked = this.now();
    const answer = await this.http.ask(token_url, { headers, body }, `Basic ${basic}`);
    const bytes = await readBounded(answer, MAX_ANSWER);
    if (answer.status !== 200) throw refusal(answer, bytes);
    return readToken(answer.name, bytes, asked);
  }
}

function formEncode(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

/** Of the answer only the error code is told (RFC 6749 5.2): its other texts may repeat what was sent. */
function refusal({ status, headers, name }: HttpAnswer, bytes: Buffer): SourceFailure {
  const code = field(bytes, 'error');
  const known = typeof code === 'string' && /^[a-z_]{1,40}$/.test(code) ? `, ${code}` : '';
  const failure = failureOfStatus(status, headers, WHEN_REFUSED);
  const refused = status >= 400 && status < 500 && failure?.details.retry !== true;
  return new SourceFailure(`The authorization server ${name} gives no token (${status}${known})`, { ...(failure?.details ?? { retry: false }), ...(refused ? { kind: 'refused', suggestions: WHEN_REFUSED } : {}), wide: true });
}

function readToken(name: string, bytes: Buffer, asked_ms: number): Token {
  const fail = (reason: string): SourceFailure => new SourceFailure(`The authorization server ${name} ${reason}`, { retry: false, wide: true });
  const token = field(bytes, 'access_token');
  const type = field(bytes, 'token_type');
  // RFC 6750 2.1: what a token may be made of. It becomes part of a header.
  if (typeof token !== 'string' || !/^[A-Za-z0-9\-._~+/]{1,16000}=*$/.test(token)) throw fail('answers without an access_token that can be sent');
  if (typeof type === 'string' && type.toLowerCase() !== 'bearer') throw fail('gives a token of another type than Bearer');
  const life = Number(field(bytes, 'expires_in') ?? Infinity);
  if (Number.isNaN(life) || life < 0) throw fail('says no number of seconds in expires_in');
  const life_ms = 1000 * life;
  return { header: `Bearer ${token}`, renewAt_ms: asked_ms + Math.max(life_ms - AHEAD_MS, 0.9 * life_ms) };
}

function field(bytes: Buffer, key: 'access_token' | 'token_type' | 'expires_in' | 'error'): unknown {
  const json = parseJsonStrict(bytes);
  return json.ok && typeof json.value === 'object' && json.value !== null && Object.hasOwn(json.value, key) ? (json.value as Record<string, unknown>)[key] : undefined;
}
