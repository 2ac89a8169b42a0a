import { isIP } from 'node:net';
import { CurationError } from '../errors.js';

/** The variables that name proxies, as curl and the tools of Python read them; those of lower case go first. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which requests go through a proxy, by HTTP_PROXY, HTTPS_PROXY, ALL_PROXY and NO_PROXY. What is on this machine is always asked directly. */
export class ProxySettings {
  readonly #plain: URL | null;
  readonly #secure: URL | null;
  readonly #direct: readonly string[];

  /** @throws {CurationError} USAGE for a proxy of another kind, by the name of its variable alone: it may hold a password */
  constructor(environment: Environment = process.env) {
    this.#plain = proxyOf(environment, 'http_proxy');
    this.#secure = proxyOf(environment, 'https_proxy');
    this.#direct = (read(environment, 'no_proxy')?.text ?? '').split(/[\s,]+/).filter((each) => each !== '').map((each) => each.toLowerCase());
  }

  /** The proxy for what a URL names; null for none. */
  proxyFor(url: URL): URL | null {
    const proxy = url.protocol === 'https:' ? this.#secure : this.#plain;
    return proxy === null || isLoopback(url.hostname) || this.#direct.some((rule) => isMeant(url, rule)) ? null : proxy;
  }
}

function read(environment: Environment, name: string): { variable: string; text: string } | null {
  for (const variable of [name, name.toUpperCase()]) {
    const text = environment[variable]?.trim() ?? '';
    if (text !== '') return { variable, text };
  }
  return null;
}

function proxyOf(environment: Environment, name: string): URL | null {
  const found = read(environment, name) ?? read(environment, 'all_proxy');
  if (found === null) return null;
  const text = /^[a-z][a-z0-9+.-]*:\/\//i.test(found.text) ? found.text : `http://${found.text}`;
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' && url.hostname !== '') return url;
  throw new CurationError('USAGE', `The proxy that ${found.variable} names cannot be used.`, {
    expected: 'http://host:port, with user and password if it asks for them',
    found: url === null ? 'no URL' : `a proxy of the kind ${url.protocol.replace(':', '')}`,
    suggestions: [`Set ${found.variable} to a proxy that speaks HTTP, or unset it.`],
  });
}

/** What is on this machine is not asked of another one. */
function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** A rule names a host with all below it, with or without a dot before it, with a port or for all; `*` is everything. */
function isMeant({ hostname, port, protocol }: URL, rule: string): boolean {
  if (rule === '*') return true;
  const [, host = '', ownPort] = /^\*?\.?(.*?)(?::([0-9]{1,5}))?$/.exec(isIP(rule) === 6 ? `[${rule}]` : rule) ?? [];
  const asked = port === '' ? (protocol === 'https:' ? '443' : '80') : port;
  return host !== '' && (ownPort === undefined || ownPort === asked) && (hostname === host || hostname.endsWith(`.${host}`));
}

/** The header by which a proxy knows who asks; null when its URL has no user. */
export function proxyAuthorization({ username, password }: URL): string | null {
  if (username === '' && password === '') return null;
  return `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`;
}
