import type * as S3Module from '@aws-sdk/client-s3';
import type { S3Client } from '@aws-sdk/client-s3';
import { CurationError } from '../errors.js';
import { ProxySettings } from './proxy-settings.js';
import { TunnelAgent } from './proxy-tunnel.js';

/** Where a bucket is and how it is reached; credentials come from the environment, as the AWS tools read it. */
export interface BucketOptions {
  bucket: string;
  /** Without `/` at its ends; empty for the root of the bucket. */
  prefix: string;
  /** URL of a server that is not Amazon's. */
  endpoint?: string | undefined;
  region?: string | undefined;
  /** Whether a request without credentials is sent when the environment has none, as public buckets allow; default: no request. */
  anonymous?: boolean | undefined;
  /** How long a server may send nothing, in ms; default: what the SDK allows. */
  timeout_ms?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** One request to the server. */
export type S3Request<Output> = (client: S3Client, options: { abortSignal?: AbortSignal }) => Promise<Output>;

/** How often a request is tried; the pause before each grows, with jitter (the SDK's standard mode). */
const MAX_ATTEMPTS = 8;
const PROXY_TIMEOUT_MS = 60_000;
/** Connections through a proxy that are kept. */
const CONNECTIONS = 64;

/** A bucket: requests, and their failures in our words. */
export class Bucket {
  private constructor(
    readonly s3: typeof S3Module,
    readonly client: S3Client,
    readonly options: BucketOptions,
    /** Whether requests go without a signature, since the environment has no credentials. */
    readonly anonymous = false,
  ) {}

  static async open(options: BucketOptions): Promise<Bucket> {
    // The SDK warns on stderr of a Node.js that it will stop to support; which one runs us is not the user's to decide here.
    process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED ??= 'true';
    const s3 = await import('@aws-sdk/client-s3');
    const { endpoint, region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1' } = options;
    const settings: S3Module.S3ClientConfig = {
      region,
      maxAttempts: MAX_ATTEMPTS,
      // We send the sha256 that the release lists: a second checksum protects nothing, and older servers refuse its trailer.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
      requestHandler: {
        ...throughProxy(new URL(endpoint ?? `https://s3.${region}.amazonaws.com`)),
        ...(options.timeout_ms === undefined ? {} : { connectionTimeout: options.timeout_ms, requestTimeout: options.timeout_ms, throwOnRequestTimeout: true }),
      },
    };
    const client = new s3.S3Client(settings);
    if (options.anonymous !== true || (await hasCredentials(client))) return new Bucket(s3, client, options);
    client.destroy();
    return new Bucket(s3, new s3.S3Client({ ...settings, signer: { sign: async (request) => request } }), options, true);
  }

  /** The same bucket and connection, with another prefix. */
  withPrefix(prefix: string): Bucket {
    return new Bucket(this.s3, this.client, { ...this.options, prefix }, this.anonymous);
  }

  get name(): string {
    const { bucket, prefix } = this.options;
    return prefix === '' ? `s3://${bucket}` : `s3://${bucket}/${prefix}`;
  }

  /** What names an object in a request. */
  object(path: string): { Bucket: string; Key: string } {
    const { bucket, prefix } = this.options;
    return { Bucket: bucket, Key: prefix === '' ? path : `${prefix}/${path}` };
  }

  /**
   * Sends a request, as often as it takes.
   * @throws {CurationError} TRANSFER_FAILED, INTERRUPTED
   */
  async send<Output>(request: S3Request<Output>, doing: string, path: string): Promise<Output> {
    const { signal } = this.options;
    try {
      return await request(this.client, signal === undefined ? {} : { abortSignal: signal });
    } catch (error) {
      if (error instanceof CurationError) throw error;
      if (signal?.aborted === true) throw new CurationError('INTERRUPTED', 'Interrupted; run the same command again to go on.');
      throw this.#failure(error, doing, path);
    }
  }

  /** The same for a request that a condition may refuse: null when it did (412), or when another writer was in the way (409). */
  async sendConditionally<Output>(request: S3Request<Output>, doing: string, path: string): Promise<Output | null> {
    return this.send(async (client, options) => {
      try {
        return await request(client, options);
      } catch (error) {
        const status = statusOf(error);
        if (status === 412 || status === 409) return null;
        throw error;
      }
    }, doing, path);
  }

  #failure(error: unknown, doing: string, path: string): CurationError {
    const status = statusOf(error);
    const name = error instanceof Error ? error.name : 'unknown error';
    const said = error instanceof Error ? error.message : String(error);
    const suggestions =
      name === 'CredentialsProviderError' || status === 401 || status === 403
        ? ['Credentials come from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.', 'They need the right to list, read and write below the prefix.']
        : status === 404
          ? ['The bucket has to exist: make it first.']
          : ['Run the same command again: what was sent is not sent again.', 'A server that is not Amazon’s is named by --endpoint.'];
    return new CurationError('TRANSFER_FAILED', `Failed while ${doing}: ${this.name}/${path} (${status === null ? '' : `${status} `}${name}: ${said.slice(0, 300)})`, { cause: error, suggestions });
  }
}

/** How the SDK gets through the proxy that the environment names. @throws {CurationError} USAGE where it cannot */
function throughProxy(server: URL): { httpsAgent?: TunnelAgent } {
  const proxy = new ProxySettings().proxyFor(server);
  if (proxy === null) return {};
  if (server.protocol === 'https:') return { httpsAgent: new TunnelAgent(proxy, PROXY_TIMEOUT_MS, { keepAlive: true, maxSockets: CONNECTIONS }) };
  throw new CurationError('USAGE', `An S3 server without https is not asked through a proxy: ${server.host}`, { suggestions: [`Ask it directly: NO_PROXY=${server.hostname}`, 'Or name its https address.'] });
}

async function hasCredentials(client: S3Client): Promise<boolean> {
  try {
    await client.config.credentials();
    return true;
  } catch (error) {
    if (error instanceof Error && error.name === 'CredentialsProviderError') return false;
    throw error;
  }
}

/** HTTP status of a failure; null when there was no answer. */
export function statusOf(error: unknown): number | null {
  const metadata = typeof error === 'object' && error !== null && '$metadata' in error ? error.$metadata : null;
  const status = typeof metadata === 'object' && metadata !== null && 'httpStatusCode' in metadata ? metadata.httpStatusCode : null;
  return typeof status === 'number' ? status : null;
}
