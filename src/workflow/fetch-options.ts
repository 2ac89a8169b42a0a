import type { RetryOptions } from '../network/retry.js';
import type { ImageSelection } from '../verify/image-selection.js';
import type { VerifyOptions } from '../verify/inspection.js';

/** How files come from elsewhere; the same for fetch, repair and verify of a URL. */
export interface TransferOptions {
  /** Files, and parts of files, that are read at once; 8 by default. */
  jobs?: number;
  /** Bytes a second, all together; no limit by default. */
  limitRate?: number;
  /** S3 server that is not Amazon's, and region of the bucket. */
  endpoint?: string;
  region?: string;
  /** How long a server may send nothing, in ms; 60,000 by default. */
  timeout_ms?: number;
  /** How often, and how patiently, failures are tried again. */
  retry?: RetryOptions;
  signal?: AbortSignal;
}

export interface FetchOptions extends TransferOptions {
  /** `latest`, or the beginning of a version, when the source holds several releases. */
  version?: string;
  /** Also fetch a release that holds cases which were withdrawn since. */
  allowWithdrawn?: boolean;
  dryRun?: boolean;
  /** Images that are wanted; all others are left where they are. */
  only?: ImageSelection;
  /** Expected digest, signers, least release and the like, as `verify` takes them. */
  trust?: Pick<VerifyOptions, 'expect' | 'signers' | 'minisignKeys' | 'threshold' | 'minRelease' | 'tables'>;
}

/** Files, and parts of files, that are read at once, when the user names no number. */
export const DEFAULT_TRANSFER_JOBS = 8;
