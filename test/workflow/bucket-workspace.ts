import type { S3Source } from '../../src/model/source-config.js';
import type { Config } from '../../src/model/config.js';
import { makeConfig } from './pull-workspace.js';

/** What a client of S3 finds in the environment of these tests. */
export const S3_ENVIRONMENT = { AWS_ACCESS_KEY_ID: 'colophontestkey', AWS_SECRET_ACCESS_KEY: 'colophon-test-secret-of-no-value', AWS_REGION: 'us-east-1', AWS_EC2_METADATA_DISABLED: 'true', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' };

/** A configuration whose only source is the bucket `images` of a server. */
export function bucketConfig(endpoint: string, changes: Partial<S3Source> = {}, more: Partial<Config> = {}): Config {
  return makeConfig({ sources: [{ name: 'images', kind: 's3', bucket: 'images', endpoint, connections: 4, ...changes }], ...more });
}
