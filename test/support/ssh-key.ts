import { createHash, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { KEY_NAMESPACE, KEY_STATEMENT_FORMAT, type KeyStatement } from '../../src/model/key-statement.js';
import { formatStatement } from '../../src/fixity/key-statement.js';
import { sshString } from '../../src/fixity/ssh-wire.js';
import { sha256 } from './release-folder.js';

/** An ed25519 key that signs without ssh-keygen: OpenSSH PROTOCOL.sshsig written down a second time. */
export class TestKey {
  readonly privateKey: KeyObject;
  /** `ssh-ed25519 AAAA...` */
  readonly line: string;
  readonly fingerprint: string;
  readonly #blob: Buffer;

  constructor(privateKey: KeyObject = generateKeyPairSync('ed25519').privateKey) {
    this.privateKey = privateKey;
    this.#blob = Buffer.concat([sshString('ssh-ed25519'), sshString(Buffer.from(createPublicKey(privateKey).export({ format: 'jwk' }).x!, 'base64url'))]);
    this.line = `ssh-ed25519 ${this.#blob.toString('base64')}`;
    this.fingerprint = `SHA256:${createHash('sha256').update(this.#blob).digest('base64').replace('=', '')}`;
  }

  /** An armored signature over a message. */
  sign(message: string | Buffer, namespace: string): string {
    return armor(this.#blob, namespace, (signed) => Buffer.concat([sshString('ssh-ed25519'), sshString(sign(null, signed, this.privateKey))]), message);
  }

  /** A statement of this key, signed, as it stands in a log; `changes` make it what the test wants. */
  state(changes: Partial<KeyStatement>, signers: readonly TestKey[] = [this]): string {
    const line = formatStatement({
      format: KEY_STATEMENT_FORMAT,
      dataset: 'test-set',
      number: 1,
      previous: null,
      action: changes.successor === undefined ? 'revoke' : 'succeed',
      date: '2026-02-01',
      key: this.line,
      after: null,
      from_sequence: (changes.after?.sequence ?? 0) + 1,
      ...changes,
    });
    return `${line}${signers.map((signer) => signer.sign(line, KEY_NAMESPACE)).join('')}`;
  }
}

/** The digest of a statement, which the next one gives. */
export function digestOf(statement: string): string {
  return sha256(statement.slice(0, statement.indexOf('\n') + 1));
}

/** An armored SSHSIG of version 1 with sha512; `makeBlob` signs what has to be signed. */
export function armor(publicBlob: Buffer, namespace: string, makeBlob: (signed: Buffer) => Buffer, message: string | Buffer): string {
  const head = Buffer.from('SSHSIG');
  const digest = createHash('sha512').update(message).digest();
  const signed = Buffer.concat([head, sshString(namespace), sshString(''), sshString('sha512'), sshString(digest)]);
  const version = Buffer.from([0, 0, 0, 1]);
  const bytes = Buffer.concat([head, version, sshString(publicBlob), sshString(namespace), sshString(''), sshString('sha512'), sshString(makeBlob(signed))]);
  return `-----BEGIN SSH SIGNATURE-----\n${bytes.toString('base64').replace(/.{70}/g, '$&\n')}\n-----END SSH SIGNATURE-----\n`;
}
