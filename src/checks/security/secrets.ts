/** A kind of secret and how it looks. Every repetition is bounded, so time grows with the length of a text alone. */
interface SecretKind {
  name: string;
  pattern: RegExp;
}

const KINDS: readonly SecretKind[] = [
  { name: 'a private key', pattern: /-----BEGIN [A-Z0-9 ]{0,30}PRIVATE KEY|PuTTY-User-Key-File/ },
  { name: 'an access key of AWS', pattern: /\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}\b/ },
  { name: 'a token of GitHub or GitLab', pattern: /\bgh[pousr]_[A-Za-z0-9]{36}|\bgithub_pat_[A-Za-z0-9_]{22}|\bglpat-[A-Za-z0-9_-]{20}/ },
  { name: 'a token of Slack', pattern: /\bxox[abposr]-[A-Za-z0-9-]{10}/ },
  { name: 'a key of Google', pattern: /\bAIza[A-Za-z0-9_-]{35}/ },
  { name: 'a key of Stripe', pattern: /\b[rs]k_live_[A-Za-z0-9]{16}/ },
  { name: 'a JSON web token', pattern: /\beyJ[A-Za-z0-9_-]{8,512}\.eyJ/ },
  { name: 'a password', pattern: /\b(?:password|passwd|passphrase|pwd)["']?\s{0,4}[:=]\s{0,4}["']?[^\s"',;]{4}/i },
  { name: 'a key, salt or token', pattern: /\b(?:api[_-]?key|access[_-]?key|account[_-]?key|private[_-]?key|hmac[_-]?key|(?:auth|access)[_-]?token|client[_-]?secret|secret|token|salt|pepper)["']?\s{0,4}[:=]\s{0,4}["']?(?=[^\s"',;]{0,40}[0-9])[^\s"',;]{8}/i },
  { name: 'a user and password in a URL', pattern: /\b[a-z][a-z0-9+.-]{1,20}:\/\/[^\s:@/]{1,100}:[^\s:@/]{1,100}@/i },
  { name: 'credentials of a request', pattern: /\b(?:basic|bearer) [A-Za-z0-9+/=._-]{20}/i },
];

/**
 * What every text with such a secret holds: SQL looks for this, the patterns decide. RE2 syntax, without counts, which
 * would make its automaton large and slow.
 */
export const SECRET_SIGNS = [
  '-----BEGIN|PuTTY-User|AKIA|ASIA|AROA|AIDA|gh[pousr]_|github_pat_|glpat-|xox[abposr]-|AIza|[rs]k_live_|eyJ[A-Za-z0-9_-]+[.]eyJ',
  '(?i:passw(?:or)?d|passphrase|pwd|key|secret|token|salt|pepper)["\']?\\s*[:=]',
  '://[^\\s/@]+@|(?i:basic|bearer) ',
].join('|');

/** The kind of secret that a text holds; null when it holds none. */
export function findSecret(text: string): string | null {
  return KINDS.find(({ pattern }) => pattern.test(text))?.name ?? null;
}

/** A run of characters this long may be a key. */
const RUN = /[A-Za-z0-9+/_-]{32,}/g;

/** RE2 of such a run, to be put into a larger pattern. */
export const LONG_RUN = '[A-Za-z0-9+/_-]{32}';

/** SQL condition: the text holds such a run and is more than hex digits, dots and hyphens (a digest, a UUID, a UID). */
export function longRunCondition(text: string): string {
  return `(strlen(${text}) >= 32 AND NOT regexp_full_match(${text}, '[0-9a-fA-F.-]+') AND regexp_matches(${text}, '${LONG_RUN}'))`;
}

/** Bits a character from which a mixed run is random: words and paths stay below. */
const RANDOM_BITS = 4.3;

/** Whether a text holds a run that looks random: small and capital letters and digits mixed, as base64 writes keys. */
export function holdsRandomRun(text: string): boolean {
  return (text.match(RUN) ?? []).some((run) => countOf(run, /[A-Z]/g) > 3 && countOf(run, /[a-z]/g) > 3 && countOf(run, /[0-9]/g) > 3 && entropyBits(run) >= RANDOM_BITS);
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

/** Shannon entropy of the characters, in bits a character. */
function entropyBits(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => bits - (count / text.length) * Math.log2(count / text.length), 0);
}

/** Columns that hold what undoes a de-identification, by what their names say: former ids, shifts of dates, keys. */
const TELLING_COLUMN =
  /^(?:(?:original|orig|old|former|real|unmasked|identified)_?(?:patient|subject|case|person|study|series|sop|instance|accession)?_?(?:id|ids|uid|uids|name|number|mrn)|mrn|medical_record_number|(?:date|day|days|time)_?(?:shift|offset|jitter)(?:_?days)?|(?:shift|offset)_days|salt|pepper|password|passwd|secret|(?:api|private|secret|hmac|encryption)_?key)$/;

/** Whether the name of a column says that it holds a map of identities or a key. */
export function isTellingColumn(name: string): boolean {
  return TELLING_COLUMN.test(name.replace(/([a-z])([A-Z])/g, '$1_$2').toLowerCase().replaceAll(/[ .-]/g, '_'));
}
