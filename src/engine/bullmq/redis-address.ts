import { isIP } from 'node:net';
import { CurationError } from '../../errors.js';

/** Where a Redis is and how to sign in there. */
export interface RedisAddress {
  /** For messages: scheme, host, port and database, never user or password. */
  name: string;
  /** What is handed to the client as it is. */
  options: RedisSignIn;
}

/** The part of the client's options that an address says. */
export interface RedisSignIn {
  host?: string;
  port?: number;
  /** A socket of this machine, in place of host and port. */
  path?: string;
  username?: string;
  password?: string;
  db: number;
  /** Encrypted; the certificate is verified against the authorities of Node and NODE_EXTRA_CA_CERTS. */
  tls?: { servername?: string };
}

/** The environment variable that keeps the address, and with it the password, out of the list of processes. */
export const REDIS_VARIABLE = 'COLOPHON_REDIS_URL';

const FORM = 'redis://[USER:PASSWORD@]HOST[:PORT][/DATABASE], rediss://... for TLS, or unix:///PATH/OF/SOCKET';

/**
 * Reads the address of a Redis: `redis://`, `rediss://` (TLS) or `unix://` and the path of a socket. Parameters after `?`
 * are refused, since a client would take any of its options from there.
 * @throws {CurationError} USAGE; the message holds nothing of what was given, since that may be a password.
 */
export function readRedisAddress(text: string): RedisAddress {
  const url = parse(text);
  if (url === null || url.search !== '' || url.hash !== '') throw refused();
  const login = { ...part('username', url.username), ...part('password', url.password) };
  if (url.protocol === 'unix:') {
    const path = decoded(url.pathname);
    if (url.host !== '' || !path.startsWith('/') || path.length < 2) throw refused();
    return { name: `unix://${path}`, options: { path, db: 0, ...login } };
  }
  if ((url.protocol !== 'redis:' && url.protocol !== 'rediss:') || url.hostname === '') throw refused();
  const database = /^\/?(\d{0,5})$/.exec(url.pathname);
  if (database === null) throw refused();
  // An address of IPv6 stands in brackets in a URL only.
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const port = url.port === '' ? 6379 : Number(url.port);
  const db = Number(database[1]);
  // RFC 6066, section 3: an IP address is no name that a client may ask for
  const tls = url.protocol === 'rediss:' ? { tls: isIP(host) === 0 ? { servername: host } : {} } : {};
  return { name: `${url.protocol}//${url.hostname}:${port}${db === 0 ? '' : `/${db}`}`, options: { host, port, db, ...login, ...tls } };
}

function parse(text: string): URL | null {
  try {
    return new URL(text);
  } catch {
    return null;
  }
}

function part(name: 'username' | 'password', encoded: string): Record<string, string> {
  return encoded === '' ? {} : { [name]: decoded(encoded) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused();
  }
}

function refused(): CurationError {
  return new CurationError('USAGE', 'The address of the Redis cannot be read (it is not repeated here, since it may hold a password).', {
    expected: FORM,
    suggestions: [`Encode characters such as @ : / in a password with %, and put the address into ${REDIS_VARIABLE} so that no list of processes shows it.`],
  });
}
