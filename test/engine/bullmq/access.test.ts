/** A Redis that does not let everybody in: users with few rights, passwords, TLS. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { runCli, type CliResult } from '../../support/cli.js';
import { hasOpenssl, makeCertificate, type TestCertificate } from '../../support/certificate.js';
import { makeImageWorkspace } from '../../support/engine-agreement.js';
import { freePort } from '../../support/free-port.js';
import { noRedis, startRedis, type RedisServer } from '../../support/redis.js';
import { useTemporaryFolders } from '../../support/temporary-folder.js';

const reason = noRedis() ?? (hasOpenssl ? null : 'needs openssl');
const makeFolder = useTemporaryFolders();
const SECRET = 'p@ss/w%rd:not-to-be-shown';
const USER = `curator:${encodeURIComponent(SECRET)}`;

(reason === null ? describe : describe.skip)(`a Redis that is guarded${reason === null ? '' : `: ${reason}`}`, () => {
  let redis: RedisServer;
  let certificate: TestCertificate;
  let tlsPort: number;
  const folder = mkdtempSync(join(tmpdir(), 'colophon-tls-'));

  beforeAll(async () => {
    certificate = makeCertificate(folder, ['localhost']);
    writeFileSync(join(folder, 'server.crt'), certificate.cert);
    tlsPort = await freePort();
    const tls = ['--tls-port', String(tlsPort), '--tls-cert-file', join(folder, 'server.crt'), '--tls-key-file', join(folder, 'server.key'), '--tls-ca-cert-file', certificate.authority, '--tls-auth-clients', 'no'];
    redis = await startRedis({ password: 'of-the-default-user', more: tls });
    // no rights on other keys, and none to what administrators do, INFO included
    await redis.client.call('ACL', 'SETUSER', 'curator', 'on', `>${SECRET}`, '~colophon:*', '&*', '+@all', '-@dangerous');
    await redis.client.call('ACL', 'SETUSER', 'reader', 'on', `>${SECRET}`, '~colophon:*', '&*', '+@read', '+@connection');
  });
  afterAll(async () => {
    await redis.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  async function pull(url: string, env: NodeJS.ProcessEnv = {}): Promise<CliResult> {
    const root = makeFolder();
    makeImageWorkspace(root);
    const result = await runCli(['pull', '--json', '--engine', 'bullmq', '--jobs', '1', '--shard-bytes', '3000'], root, { COLOPHON_REDIS_URL: url, ...env });
    for (const hidden of [SECRET, encodeURIComponent(SECRET), 'wrong-secret', 'of-the-default-user']) expect(result.stdout + result.stderr).not.toContain(hidden);
    return result;
  }

  test('a user with the rights on our keys alone is enough', async () => {
    const pulled = await pull(`redis://${USER}@127.0.0.1:${redis.port}`);
    expect(pulled).toMatchObject({ status: 0, stderr: '' });
    expect(JSON.parse(pulled.stdout)).toMatchObject({ images: [{ read: 13 }] });
  }, 60_000);

  test.each([
    ['a wrong password', () => `redis://curator:wrong-secret@127.0.0.1:${redis.port}`, /WRONGPASS/],
    ['no password', () => `redis://127.0.0.1:${redis.port}`, /NOAUTH/],
    ['rights to read alone', () => `redis://reader:${encodeURIComponent(SECRET)}@127.0.0.1:${redis.port}`, /NOPERM/],
  ])('%s is refused, and told without the password', async (_, url, words) => {
    const refused = await pull(url());
    expect(refused.status).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'ENGINE_FAILED', message: expect.stringMatching(words), suggestions: [expect.stringContaining('permissions')] } });
  }, 60_000);

  test.each(['localhost', '127.0.0.1'])('over TLS, by the name %s, with the authority in NODE_EXTRA_CA_CERTS', async (host) => {
    expect(await pull(`rediss://${USER}@${host}:${tlsPort}`, { NODE_EXTRA_CA_CERTS: certificate.authority })).toMatchObject({ status: 0, stderr: '' });
  }, 60_000);

  test('a certificate of an authority that nobody named is refused at once', async () => {
    const refused = await pull(`rediss://${USER}@localhost:${tlsPort}`);
    expect(refused.status).toBe(3);
    expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'ENGINE_FAILED', message: expect.stringMatching(/UNABLE_TO_VERIFY_LEAF_SIGNATURE|SELF_SIGNED/), suggestions: [expect.stringContaining('NODE_EXTRA_CA_CERTS')] } });
  }, 60_000);
});
