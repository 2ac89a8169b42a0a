import { CurationError, systemErrorCode } from '../../errors.js';
import { ROW_BYTES_MAX } from '../delimited-pass.js';
import { unreadable, type UnreadPlace } from '../unreadable.js';

/** Where a registry is, and what it was asked, for messages; holds no secret. */
export interface RegistryPlace extends UnreadPlace {
  /** Server, port and database. */
  server: string;
}

/**
 * Classes of SQLSTATE whose messages speak of the query, the account or the server, and of no value of a row
 * (PostgreSQL, appendix A). Others may repeat a cell: `invalid input syntax for type integer: "..."`.
 */
const TELLING_CLASSES = new Set(['08', '0A', '25', '28', '3D', '3F', '42', '53', '55', '57', '58']);

/** Codes that call for another advice than their class. */
const ADVICE: ReadonlyMap<string, string> = new Map([
  ['28P01', 'Is the password right? It comes from the environment, as ${NAME} in the url, or by PGPASSWORD; special characters in a URL are percent-encoded.'],
  ['28000', 'Ask whoever runs the registry which account may read it, and from where.'],
  ['3D000', 'Correct the name of the database in the url of the source.'],
  ['42P01', 'Correct the name of the table in the query, with its schema where it is not on the search path.'],
  ['42703', 'Correct the name of the column in the query.'],
  ['42501', 'Ask whoever runs the registry for the right to read it (GRANT SELECT).'],
  ['42601', 'Correct the query in colophon.yaml; a single statement is allowed.'],
  ['25006', 'The transaction is read-only: a query of a source may change nothing.'],
  ['53300', 'The server has no connection left: try again later.'],
  ['57014', 'It took longer than timeout_seconds of the source allows, or somebody cancelled it.'],
  ['57P01', 'The server is being shut down or restarted: pull again later.'],
  ['57P03', 'The server is starting up or shutting down: pull again later.'],
]);

/** Codes of Node.js for servers that cannot prove who they are. */
const TLS_CODE = /^(?:CERT_|ERR_TLS_|ERR_SSL_|DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_|HOSTNAME_MISMATCH|EPROTO$)/;

/** A row beyond ROW_BYTES_MAX. @param row the first is 1 */
export function rowTooLong(place: UnreadPlace, row: number): CurationError {
  return unreadable(place, `its row ${row} is longer than ${ROW_BYTES_MAX} bytes`, 'Leave out the column with the long values, or shorten them in the query: clinical tables hold no documents and no images.');
}

/** A failure of the registry, or of the way to it, in our words: never the URL, a password, or a value of a row. */
export function registryFailure(error: unknown, place: RegistryPlace): CurationError {
  if (error instanceof CurationError) return error;
  const fail = (reason: string, ...suggestions: string[]): CurationError => unreadable(place, reason, ...suggestions);
  const state = sqlState(error);
  if (state !== null) return fail(`${place.server} answers ${state.message} (SQLSTATE ${state.code})${state.where}`, ADVICE.get(state.code) ?? 'Try the query with psql.');
  const code = systemErrorCode(error) ?? '';
  if (TLS_CODE.test(code)) return fail(`${place.server} cannot prove who it is (${code})`, 'A certificate authority of your own is named by sslrootcert=FILE in the url.');
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return fail(`there is no server of the name in ${place.server} (${code})`, 'Check the name of the server in the url.');
  if (code === 'ECONNREFUSED' || code === 'ENOENT') return fail(`nothing listens at ${place.server} (${code})`, 'Does the server run, and at that port?', 'May this machine reach it?');
  const message = error instanceof Error ? error.message : '';
  if (message === 'The server does not support SSL connections') return fail(`${place.server} speaks no TLS`, 'Ask for TLS at the server, or, on a network that you trust, write sslmode=disable into the url.');
  if (message === 'timeout expired') return fail(`${place.server} does not answer`, 'Does the server run, and may this machine reach it?');
  if (message.startsWith('SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a')) return fail(`${place.server} asks for a password, and there is none`, 'It comes from the environment, as ${NAME} in the url, or by PGPASSWORD.');
  return fail(`the connection to ${place.server} broke off${code === '' ? '' : ` (${code})`}`, 'Pull again when the server is there.');
}

/** What a server says by an error message of the protocol; null for any other error. */
function sqlState(error: unknown): { code: string; message: string; where: string } | null {
  if (typeof error !== 'object' || error === null || !('severity' in error) || !('code' in error)) return null;
  const { code, message, position } = error as { code?: unknown; message?: unknown; position?: unknown };
  if (typeof code !== 'string' || !/^[0-9A-Z]{5}$/.test(code)) return null;
  const telling = TELLING_CLASSES.has(code.slice(0, 2)) && typeof message === 'string';
  const where = typeof position === 'string' && /^[0-9]{1,9}$/.test(position) ? `, at character ${position} of the query` : '';
  return { code, message: telling ? JSON.stringify(message.slice(0, 300)) : 'with an error, whose text is withheld because it may repeat a value', where };
}
