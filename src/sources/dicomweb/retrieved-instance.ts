import { FIRST_READ_BYTES } from '../../dicom/limits.js';
import { KEPT_ATTRIBUTES } from '../../model/header.js';
import type { HttpAnswer } from '../../network/http-client.js';
import { SourceFailure, type OpenedFile } from '../../network/source.js';
import { readSafely } from '../header-reading.js';
import { decodedBody } from './bounded-body.js';
import { parseMediaType } from './media-type.js';
import { MultipartError, MultipartReader, type MultipartEvent } from './multipart-reader.js';
import { describeContent } from './unexpected-content.js';

const SOP_INSTANCE_UID = KEPT_ATTRIBUTES.findIndex(({ keyword }) => keyword === 'SOPInstanceUID');

/** Bytes in which the SOPInstanceUID of an instance has to be found. */
const MAX_HEAD = 16 * FIRST_READ_BYTES;

/** What every piece of an answer belongs to. */
interface Answered {
  /** Who answered. */
  name: string;
  contentType: string | undefined;
}

/**
 * The bytes of the one instance that an answer of WADO-RS holds (PS3.18 10.4), as they come: the only part of a multipart body, or
 * a body that is the instance itself. No byte is given away before they are known to be those of the instance that was asked for.
 */
export function openRetrieved(answer: HttpAnswer, uid: string): OpenedFile {
  const answered = { name: answer.name, contentType: answer.headers['content-type'] };
  const type = parseMediaType(answered.contentType);
  const body = type?.name.startsWith('multipart/') === true ? onlyPart(decodedBody(answer), answered, type.parameters.get('boundary') ?? '') : decodedBody(answer);
  // The length that is declared is that of the answer, encoded maybe: only its end tells how long the instance is.
  return { from: 0, total: null, validator: null, body: ofInstance(body, answered, uid), close: answer.close };
}

async function* onlyPart(body: AsyncIterable<Uint8Array>, answered: Answered, boundary: string): AsyncGenerator<Uint8Array> {
  const part = new OnlyPart(answered);
  try {
    const reader = new MultipartReader(boundary);
    for await (const chunk of body) for (const event of reader.push(chunk)) yield* part.take(event);
    reader.finish();
  } catch (error) {
    if (!(error instanceof MultipartError)) throw error;
    throw new SourceFailure(`${answered.name} sends a multipart answer that ${error.message}`, { retry: true });
  }
  part.finish();
}

/** The one part that an answer about one instance has. */
class OnlyPart {
  #declared: number | null = null;
  #parts = 0;
  #size = 0;

  constructor(readonly answered: Answered) {}

  *take(event: MultipartEvent): Generator<Uint8Array> {
    if (event.kind === 'part') return this.#begin(event.headers);
    this.#size += event.bytes.length;
    yield event.bytes;
  }

  /** A length that a part declares of itself, and does not have: bytes were lost on the way, or its boundary is among its bytes. */
  finish(): void {
    if (this.#declared === null || this.#declared === this.#size) return;
    throw new SourceFailure(`${this.answered.name} sends a part of ${this.#size} bytes that it says has ${this.#declared}`, { retry: true });
  }

  #begin(headers: ReadonlyMap<string, string>): void {
    this.#parts += 1;
    if (this.#parts > 1) throw new SourceFailure(`${this.answered.name} sends more than the one instance that was asked for`, { retry: false });
    const encoding = headers.get('content-transfer-encoding')?.toLowerCase() ?? 'binary';
    if (!['binary', '8bit', '7bit'].includes(encoding)) throw new SourceFailure(`${this.answered.name} sends an instance in the encoding ${encoding.replace(/[^\w-]/g, '').slice(0, 20)}, not as it is`, { retry: false });
    const length = headers.get('content-length');
    this.#declared = length !== undefined && /^[0-9]{1,15}$/.test(length) ? Number(length) : null;
    this.answered.contentType = headers.get('content-type') ?? this.answered.contentType;
  }
}

/** Holds back the first bytes until they tell which instance they are of. */
async function* ofInstance(body: AsyncIterable<Uint8Array>, answered: Answered, uid: string): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] | null = [];
  let size = 0;
  let wanted = FIRST_READ_BYTES;
  for await (const chunk of body) {
    if (held === null) {
      yield chunk;
      continue;
    }
    held.push(chunk);
    size += chunk.length;
    if (size < wanted) continue;
    const head = Buffer.concat(held);
    wanted = 2 * size;
    if (!isOf(head, uid, answered, size >= MAX_HEAD)) continue;
    held = null;
    yield head;
  }
  if (held === null) return;
  const whole = Buffer.concat(held);
  isOf(whole, uid, answered, true);
  yield whole;
}

/** Whether the head is of the instance; false when a longer head may tell. */
function isOf(head: Buffer, uid: string, answered: Answered, last: boolean): boolean {
  const reading = readSafely(head, true, null);
  const found = reading === 'need-more-bytes' ? null : (reading.values[SOP_INSTANCE_UID] ?? null);
  if (found === uid) return true;
  if (found !== null && found !== '') throw new SourceFailure(`${answered.name} sends another instance than the one that was asked for: its SOPInstanceUID is another`, { retry: false });
  if (!last) return false;
  throw new SourceFailure(`${answered.name} does not send the instance that was asked for, but something without its SOPInstanceUID: ${describeContent(answered.contentType, head)}`, { retry: false });
}
