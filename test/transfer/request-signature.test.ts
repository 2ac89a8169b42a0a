/** Signatures of requests to S3, held against the example that Amazon publishes and against those of the SDK. */
import { describe, expect, test } from '@jest/globals';
import { S3Client } from '@aws-sdk/client-s3';
import { RequestSignature } from '../../src/network/request-signature.js';

const IDENTITY = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY' };
const EMPTY = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';

describe('a signature', () => {
  test('is that of "GET Object" in the S3 API Reference, "Examples: Signature Calculations"', () => {
    const signed = new RequestSignature('us-east-1').sign({ host: 'examplebucket.s3.amazonaws.com', path: '/test.txt', headers: { range: 'bytes=0-9' } }, IDENTITY, new Date('2013-05-24T00:00:00Z'), EMPTY);
    expect(signed.authorization).toBe(
      'AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request, SignedHeaders=host;range;x-amz-content-sha256;x-amz-date, Signature=f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41',
    );
  });

  test('is that of the SDK: odd paths and headers, temporary credentials, another day, another secret', async () => {
    const ours = new RequestSignature('eu-west-3');
    for (const [day, secretAccessKey, sessionToken] of [['2024-02-29', 'a', undefined], ['2024-03-01', 'a', 'token+/='], ['2024-03-01', 'b', 'token+/='], ['2024-02-29', 'a', undefined]] as const) {
      const identity = { accessKeyId: 'AK', secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
      const at = new Date(`${day}T23:59:59.987Z`);
      const headers = { 'if-match': '"a  b"', range: 'bytes=5-', 'x-amz-checksum-mode': 'ENABLED', 'x-amz-request-payer': 'requester' };
      const path = '/bucket/a%20b/%C3%A4%2B%2A~.dcm';
      const query = { 'continuation-token': '1/a+b==', 'encoding-type': 'url', 'list-type': '2', prefix: 'ä (b)/' };
      const client = new S3Client({ region: 'eu-west-3', credentials: identity });
      const signer = await (client.config.signer as unknown as (scheme: object) => Promise<{ sign(request: object, options: object): Promise<{ headers: Record<string, string> }> }>)({ name: 'sigv4', signingName: 's3', signingRegion: 'eu-west-3', properties: {} });
      const theirs = await signer.sign(
        { method: 'GET', protocol: 'http:', hostname: 'host', path, query, headers: { ...headers, host: 'host:9000', 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } },
        { signingDate: at, signingRegion: 'eu-west-3', signingService: 's3' },
      );
      client.destroy();
      expect(ours.sign({ host: 'host:9000', path, query: 'continuation-token=1%2Fa%2Bb%3D%3D&encoding-type=url&list-type=2&prefix=%C3%A4%20%28b%29%2F', headers }, identity, at)).toEqual(theirs.headers);
    }
  });
});
