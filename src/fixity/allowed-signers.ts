import { parsePublicKeyLine, type SshPublicKey } from './ssh-public-key.js';
import { SshFormatError } from './ssh-wire.js';

/** A line of an allowed signers file (ssh-keygen(1), ALLOWED SIGNERS). */
export interface AllowedSigner {
  /** Patterns of the identities that the key speaks for, e.g. `steward@example.org`. */
  principals: string;
  key: SshPublicKey;
  /** Patterns of the namespaces that it may sign in; null: all. */
  namespaces: string[] | null;
  /** First and last moment at which a signature counts, in milliseconds since the epoch. */
  validAfter: number;
  validBefore: number;
  /** Line of the file, 1 = first. */
  line: number;
}

/** A line that says nothing that can be relied on. */
export interface SignerDefect {
  line: number;
  message: string;
}

const MAX_LINE_LENGTH = 16_384;

/** Reads an allowed signers file; lines that cannot be used are told, never guessed at. */
export function parseAllowedSigners(text: string): { signers: AllowedSigner[]; defects: SignerDefect[] } {
  const signers: AllowedSigner[] = [];
  const defects: SignerDefect[] = [];
  for (const [index, raw] of text.split('\n').entries()) {
    const content = raw.trim();
    if (content === '' || content.startsWith('#')) continue;
    try {
      signers.push(parseLine(content, index + 1));
    } catch (error) {
      if (!(error instanceof SshFormatError)) throw error;
      defects.push({ line: index + 1, message: error.message });
    }
  }
  return { signers, defects };
}

function parseLine(content: string, line: number): AllowedSigner {
  if (content.length > MAX_LINE_LENGTH) throw new SshFormatError(`it is longer than ${MAX_LINE_LENGTH} characters`);
  const [principals = '', ...fields] = splitFields(content);
  const options = isKeyType(fields[0]) ? '' : (fields.shift() ?? '');
  const [type, base64] = fields;
  if (type === undefined || base64 === undefined || !isKeyType(type)) throw new SshFormatError('expected principals, options, a key type and a key');
  return { principals: readPrincipals(principals), key: parsePublicKeyLine(`${type} ${base64}`), line, ...parseOptions(options) };
}

function isKeyType(field: string | undefined): boolean {
  return field !== undefined && /^(ssh-|ecdsa-|sk-)/.test(field);
}

/** Fields are parted by blanks, outside of double quotes. Comments end a line and may hold anything. */
function splitFields(content: string): string[] {
  const fields: string[] = [];
  for (let rest = content; rest !== '' && fields.length < 4; rest = rest.trimStart()) {
    const field = /^(?:[^\s"]|"[^"]*")+/.exec(rest)?.[0];
    if (field === undefined || !/^(\s|$)/.test(rest.slice(field.length))) throw new SshFormatError('a quotation mark is not closed');
    fields.push(field);
    if (fields.length === 3 && isKeyType(fields[1])) break;
    rest = rest.slice(field.length);
  }
  return fields;
}

/** A list without a pattern that includes somebody speaks for nobody. */
function readPrincipals(field: string): string {
  const principals = field.replace(/^"(.*)"$/, '$1');
  if (!principals.split(',').some((pattern) => pattern !== '' && !pattern.startsWith('!'))) throw new SshFormatError('it names nobody whom the key speaks for');
  return principals;
}

function parseOptions(options: string): Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore'> {
  const parsed: Pick<AllowedSigner, 'namespaces' | 'validAfter' | 'validBefore'> = { namespaces: null, validAfter: -Infinity, validBefore: Infinity };
  const seen = new Set<string>();
  for (const option of options.match(/(?:[^,"]|"[^"]*")+/g) ?? []) {
    const [name, value] = splitOption(option);
    // the second would widen what the first allowed
    if (seen.has(name)) throw new SshFormatError(`the option ${name} stands there twice`);
    seen.add(name);
    if (name === 'namespaces' && value !== '') parsed.namespaces = value.split(',');
    else if (name === 'valid-after') parsed.validAfter = parseTime(value);
    else if (name === 'valid-before') parsed.validBefore = parseTime(value);
    // a certificate authority vouches for other keys, which nobody checks here; an unknown option may narrow what the line allows
    else throw new SshFormatError(`the option ${name.slice(0, 40)} cannot be honoured here`);
  }
  if (parsed.validAfter >= parsed.validBefore) throw new SshFormatError('it is valid at no time');
  return parsed;
}

function splitOption(option: string): [name: string, value: string] {
  const match = /^([A-Za-z-]+)="([^"\\]*)"$/.exec(option);
  return match === null ? [option.toLowerCase(), ''] : [match[1]!.toLowerCase(), match[2]!];
}

/** `YYYYMMDD[Z]` or `YYYYMMDDHHMM[SS][Z]`: UTC with Z, else by the clock of this machine. */
function parseTime(text: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)(?:(\d\d)(\d\d)(\d\d)?)?(Z?)$/.exec(text);
  if (match === null) throw new SshFormatError(`${text.slice(0, 40)} is no time of the form YYYYMMDD or YYYYMMDDHHMM[SS], with Z for UTC`);
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map((digits) => Number(digits ?? 0)) as [number, number, number, number, number, number];
  const time = match[7] === 'Z' ? Date.UTC(year, month - 1, day, hour, minute, second) : new Date(year, month - 1, day, hour, minute, second).getTime();
  const back = match[7] === 'Z' ? new Date(time).getUTCDate() : new Date(time).getDate();
  if (back !== day || month > 12 || hour > 23 || minute > 59 || second > 60) throw new SshFormatError(`${text} is no day or time of the calendar`);
  return time;
}

/** Whether a text meets a list of patterns with `*` and `?`, of which those with `!` exclude (ssh_config(5), PATTERNS). */
export function matchesPatterns(text: string, patterns: readonly string[]): boolean {
  const excluded = patterns.some((pattern) => pattern.startsWith('!') && matchesPattern(text, pattern.slice(1)));
  return !excluded && patterns.some((pattern) => !pattern.startsWith('!') && matchesPattern(text, pattern));
}

/** Wildcard match in time proportional to both lengths: after a mismatch only the last star is tried further. */
function matchesPattern(text: string, pattern: string): boolean {
  let [at, p, star, mark] = [0, 0, -1, 0];
  while (at < text.length) {
    if (pattern[p] === '*') [star, mark] = [p++, at];
    else if (p < pattern.length && (pattern[p] === '?' || pattern[p] === text[at])) [at, p] = [at + 1, p + 1];
    else if (star >= 0) [p, mark, at] = [star + 1, mark + 1, mark + 1];
    else return false;
  }
  while (pattern[p] === '*') p++;
  return p === pattern.length;
}
