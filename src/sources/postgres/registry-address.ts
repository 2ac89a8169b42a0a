import type { ClientConfig } from 'pg';
import { CurationError } from '../../errors.js';

/** A registry as the driver connects to it, and as messages name it. */
export interface RegistryAddress {
  /** Holds the password; never shown. */
  client: ClientConfig;
  /** Server, port and database. */
  name: string;
}

/**
 * Reads the URL of a registry. What it leaves out comes from PGHOST, PGUSER, PGPASSWORD and so on, as for psql. Of the modes
 * of TLS, `prefer`, `require` and `verify-ca` prove who the server is like `verify-full`, as the driver takes them.
 * @throws {CurationError} CONFIG_INVALID; the URL is not repeated
 */
export function registryAddress(source: string, url: string): RegistryAddress {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed === null || !['postgresql:', 'postgres:'].includes(parsed.protocol)) {
    throw new CurationError('CONFIG_INVALID', `The url of the source ${source} is none of a PostgreSQL server.`, {
      expected: 'postgresql://user@host:5432/database',
      suggestions: ['Special characters of a password are percent-encoded in a URL: @ is %40.'],
    });
  }
  // Said in the driver's own words, so that a later version of it cannot take them for less.
  if (['prefer', 'require', 'verify-ca'].includes(parsed.searchParams.get('sslmode') ?? '') && parsed.searchParams.get('uselibpqcompat') !== 'true') parsed.searchParams.set('sslmode', 'verify-full');
  return { client: { connectionString: parsed.href }, name: registryName(parsed) };
}

/** Server, port and database of a URL: without user, password and options. */
export function registryName({ hostname, port, pathname, searchParams }: URL): string {
  const host = searchParams.get('host') ?? (hostname === '' ? (process.env.PGHOST ?? 'localhost') : decodeURIComponent(hostname));
  const at = searchParams.get('port') ?? (port === '' ? (process.env.PGPORT ?? '5432') : port);
  return `postgresql://${host}:${at}${pathname === '/' ? '' : pathname}`;
}
