import { CurationError } from '../../errors.js';
import type { DicomwebSource } from '../../model/source-config.js';
import type { HttpClient } from '../../network/http-client.js';
import { expandVariables } from '../environment.js';
import { AccessToken } from './access-token.js';
import { FixedAuthorization, type Authorization } from './authorization.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** Hosts of this machine: what is sent to them in the clear, nobody else reads. */
const LOOPBACK = /^(?:localhost|127(?:\.[0-9]{1,3}){3}|\[::1\])$/;

/**
 * Where a service is and how it is told who asks, with what the environment holds put in.
 * @throws {CurationError} CONFIG_INVALID, which names no value of the environment
 */
export function readService(config: DicomwebSource, environment: Environment, http: HttpClient): { base: URL; authorization: Authorization } {
  const where = `sources, ${config.name}`;
  const base = readUrl(expandVariables(config.url, environment, `${where}, url`), `${where}, url`);
  const { username, password } = base;
  base.username = '';
  base.password = '';
  base.pathname = base.pathname.replace(/\/+$/, '');
  const userInfo = username === '' && password === '' ? null : `Basic ${Buffer.from(`${decode(username)}:${decode(password)}`).toString('base64')}`;
  return { base, authorization: readAuthorization(config, environment, http, userInfo) };
}

function readAuthorization({ name, auth = {} }: DicomwebSource, environment: Environment, http: HttpClient, userInfo: string | null): Authorization {
  const where = `sources, ${name}, auth`;
  const ways = [auth.header, auth.oauth2, userInfo ?? undefined].filter((way) => way !== undefined).length;
  if (ways > 1) throw new CurationError('CONFIG_INVALID', `${where}: who asks is told in more than one way.`, { expected: 'one of auth.header, auth.oauth2, and a user and password in url' });
  if (auth.header !== undefined) {
    const header = expandVariables(auth.header, environment, `${where}.header`);
    if (/[^\x20-\x7e]/.test(header)) throw new CurationError('CONFIG_INVALID', `${where}.header: a header holds printable characters of ASCII only.`);
    return new FixedAuthorization(header);
  }
  if (auth.oauth2 === undefined) return new FixedAuthorization(userInfo);
  const { token_url, client_id, client_secret, scope } = auth.oauth2;
  const expand = (text: string, key: string): string => expandVariables(text, environment, `${where}.oauth2.${key}`);
  const url = readUrl(expand(token_url, 'token_url'), `${where}.oauth2.token_url`);
  // RFC 6749 3.2: the secret must not travel in the clear.
  if (url.protocol === 'http:' && !LOOPBACK.test(url.hostname)) throw new CurationError('CONFIG_INVALID', `${where}.oauth2.token_url: a client secret is sent by https only.`, { expected: 'https://...' });
  if (url.username !== '' || url.password !== '') throw new CurationError('CONFIG_INVALID', `${where}.oauth2.token_url: the client is named by client_id and client_secret, not in the URL.`);
  return new AccessToken(http, { token_url: url, client_id: expand(client_id, 'client_id'), client_secret: expand(client_secret, 'client_secret'), scope: scope === undefined ? null : expand(scope, 'scope') });
}

function readUrl(text: string, where: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:') && url.search === '' && url.hash === '') return url;
  throw new CurationError('CONFIG_INVALID', `${where}: it is no URL of a service.`, { expected: 'http(s)://host/path, without ? and #' });
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
