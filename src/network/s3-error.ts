import { SourceFailure } from './source.js';

/** What a store answered instead of an object. */
export interface S3Refusal {
  status: number;
  /** Its error code (`AccessDenied`); empty when it gave none. */
  code: string;
}

/** A code of the S3 API, what it means for a reader, and what to do. `wide`: the same answer comes for every object. */
interface Meaning {
  says: string;
  suggestions: string[];
  wide?: true;
  retry?: true;
}

const CREDENTIALS = 'Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.';

/** Error codes of the S3 API that a reader meets (Amazon S3 API Reference, "Error responses"). */
const MEANINGS = new Map<string, Meaning>([
  ['AccessDenied', { says: 'may not be read', suggestions: [CREDENTIALS, 'They need the rights s3:ListBucket and s3:GetObject.', 'A bucket whose reader pays wants `requester_pays: true`.'] }],
  ['CredentialsProviderError', { says: 'cannot be asked for: no credentials are set', suggestions: [CREDENTIALS], wide: true }],
  ['NoSuchBucket', { says: 'is in a bucket that does not exist', suggestions: ['Check `bucket` and `endpoint` in colophon.yaml.'], wide: true }],
  ['InvalidAccessKeyId', { says: 'is not shown to an unknown access key', suggestions: [CREDENTIALS], wide: true }],
  ['SignatureDoesNotMatch', { says: 'is not shown: the signature of the request does not fit', suggestions: ['Check AWS_SECRET_ACCESS_KEY.'], wide: true }],
  ['ExpiredToken', { says: 'is not shown any more: the session has expired', suggestions: ['Get a new session token, then run the same command again: it goes on where it stopped.'], wide: true }],
  ['InvalidToken', { says: 'is not shown: the session token is not valid', suggestions: ['Get a new session token (AWS_SESSION_TOKEN).'], wide: true }],
  ['RequestTimeTooSkewed', { says: 'is not shown: the clock of this machine and that of the server differ too much', suggestions: ['Set the clock of this machine (NTP), then run the same command again.'], wide: true }],
  ['InvalidObjectState', { says: 'is in an archive tier and cannot be read', suggestions: ['Restore the object first (s3 restore-object).'] }],
  ['PermanentRedirect', { says: 'is in a bucket of another region', suggestions: ['Name its region by `region` in colophon.yaml.'], wide: true }],
  ['AuthorizationHeaderMalformed', { says: 'is in a bucket of another region', suggestions: ['Name its region by `region` in colophon.yaml.'], wide: true }],
  ['SlowDown', { says: 'is held back: the server asks for fewer requests', suggestions: ['Set `requests_per_second` or fewer `connections` in colophon.yaml.'], retry: true }],
]);

/** Status codes after which the same request may succeed. */
const PASSING = new Set([408, 425, 429, 500, 502, 503, 504]);

/** The refusal of a store in our words. `name` is the object or bucket as messages name it. */
export function s3Failure(name: string, { status, code }: S3Refusal, cause?: unknown): SourceFailure {
  const meaning = MEANINGS.get(code);
  const refused = status === 401 || status === 403;
  const told = [status === 0 ? '' : String(status), code].filter((part) => part !== '').join(' ');
  const says = meaning?.says ?? (refused ? 'may not be read' : 'is not given');
  return new SourceFailure(`${name} ${says} (${told === '' ? 'no answer' : told})`, {
    retry: meaning?.retry ?? (meaning?.wide !== true && PASSING.has(status)),
    ...(refused ? { kind: 'refused' as const } : {}),
    ...(meaning?.wide === true ? { wide: true } : {}),
    suggestions: meaning?.suggestions ?? (refused ? [CREDENTIALS] : []),
    cause,
  });
}

/** The error code in the body of an answer (`<Error><Code>...`); empty when there is none. */
export function s3ErrorCode(body: string): string {
  return /<Code>([A-Za-z0-9.]{1,64})<\/Code>/.exec(body)?.[1] ?? '';
}
