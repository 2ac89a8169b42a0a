/** Bytes that are not what SSH's wire encoding allows; the message says what was expected. */
export class SshFormatError extends Error {}

/** Reads the data types of RFC 4251 §5 from a buffer. */
export class SshReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    return this.take(1)[0]!;
  }

  uint32(): number {
    return this.take(4).readUInt32BE();
  }

  /** A `string`: so many bytes as the number before it says. */
  string(): Buffer {
    return this.take(this.uint32());
  }

  /** A `string` that holds a name in ASCII. */
  text(): string {
    const bytes = this.string();
    if (bytes.some((byte) => byte < 0x20 || byte > 0x7e)) throw new SshFormatError('a name holds bytes that are not printable ASCII');
    return bytes.toString('latin1');
  }

  /** A positive `mpint`, without the zero byte that keeps its sign. */
  mpint(): Buffer {
    const bytes = this.string();
    if (bytes.length === 0 || bytes[0]! >= 0x80) throw new SshFormatError('a number is not positive');
    if (bytes[0] !== 0) return bytes;
    if (bytes.length === 1 || bytes[1]! < 0x80) throw new SshFormatError('a number has a zero byte that it does not need');
    return bytes.subarray(1);
  }

  /** So many bytes as they are. */
  take(length: number): Buffer {
    if (length > this.bytes.length - this.at) throw new SshFormatError('it ends too early');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  /** Asserts that nothing is left. */
  end(): void {
    if (this.at !== this.bytes.length) throw new SshFormatError('bytes follow after its end');
  }
}

/** A `string` of RFC 4251 §5. */
export function sshString(bytes: Buffer | string): Buffer {
  const content = Buffer.from(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(content.length);
  return Buffer.concat([length, content]);
}

/**
 * The bytes of a base64 text (RFC 4648 §4) in the one form that encodes them, so that no two texts stand for one signature.
 * @throws {SshFormatError} saying what is not base64
 */
export function decodeBase64(text: string, what: string): Buffer {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.toString('base64') !== text) throw new SshFormatError(`${what} is not base64`);
  return bytes;
}
