import type { Fragment } from '../dicom/data-set.js';
import { maskSecret } from '../text/mask.js';
import { readJp2Boxes } from './jp2-boxes.js';
import { readJpegHead, type CodestreamPart } from './jpeg-segments.js';
import { profileTexts } from './icc-profile.js';
import { addAbout, type Subject } from './subject.js';

/** Bytes of the head of a frame that are walked. */
const HEAD_BYTES = 256 * 1024;
/** Bytes of the end of a frame that are looked at. */
const TAIL_BYTES = 4096;
/** Fragments that are looked at; a cine of an hour has fewer frames. */
const MAX_FRAGMENTS = 20_000;
/** Findings about the frames of one file: they are all alike. */
const MAX_FINDINGS = 5;
const ICC_PROFILE = 0x00282000;
const NUMBER_OF_FRAMES = 0x00280008;

const NOTHING: ReadonlySet<string> = new Set();
/** The common profiles name who made them by an address on the web. */
const ADDRESSES: ReadonlySet<string> = new Set(['DID-042']);

/** Comments that encoders write about themselves. */
const ENCODERS = /^(?:creator: ?)?(?:gd-jpeg|lavc|lead|intel|created by|openjpeg|kakadu|aware|jasper|charls|dcmtk|gdcm|imagemagick|jai|opencv|compressed by|handmade software|optimized by|file written by|processed by|kdu|jpeg-ls|accusoft|pegasus|merge|libjpeg|mozjpeg|hp-|matrox|comprimato|pillow|matlab|pvrg)/i;

/** DID-092: compressed frames and the colour profile hold no comments, no camera data and no other files. */
export function judgeFrames(subject: Subject): void {
  judgeColourProfile(subject);
  const fragments = subject.file.pixels?.fragments ?? null;
  // The first is the Basic Offset Table (PS3.5 A.4).
  if (fragments === null || fragments.length < 2) return;
  subject.report.looked('DID-092');
  const frames = fragments.slice(1, 1 + MAX_FRAGMENTS);
  if (fragments.length - 1 > MAX_FRAGMENTS) addAboutPixels(subject, 'warning', 'There are more fragments than the limit, so only the first of them were looked through.', `${fragments.length - 1} fragments`);
  const whole = frames.length === (subject.dataSet.numbers(NUMBER_OF_FRAMES)[0] ?? 1);
  let found = 0;
  for (const [index, fragment] of frames.entries()) {
    if (found >= MAX_FINDINGS) break;
    for (const problem of problemsOf(subject, fragment, whole)) {
      if (++found > MAX_FINDINGS) break;
      addAboutPixels(subject, problem.level, problem.message, `${frames.length === 1 ? '' : `fragment ${index + 1}: `}${problem.found}`);
    }
  }
}

interface FrameProblem {
  level: 'error' | 'warning';
  message: string;
  found: string;
}

function* problemsOf(subject: Subject, fragment: Fragment, whole: boolean): Generator<FrameProblem> {
  const head = subject.file.readAt(fragment.offset, Math.min(fragment.length, HEAD_BYTES));
  const reading = readJpegHead(head) ?? readJp2Boxes(head, fragment.length);
  if (reading === null) return;
  for (const part of reading.parts) yield* judgePart(subject, part);
  if (reading.endedEarly && fragment.length > head.length) yield { level: 'warning', message: 'The head of a compressed frame is longer than the limit, so only its first part was looked through.', found: `more than ${HEAD_BYTES} bytes` };
  if (!whole) return;
  const behind = bytesBehindImage(subject, fragment);
  if (behind > 0) yield { level: 'error', message: 'Bytes follow the end of a compressed image.', found: `${behind} bytes` };
}

function* judgePart(subject: Subject, { kind, text, bytes }: CodestreamPart): Generator<FrameProblem> {
  if (kind === 'exif') yield { level: 'error', message: 'A compressed frame holds camera data (EXIF).', found: `${bytes} bytes` };
  else if (kind === 'xmp') yield { level: 'error', message: 'A compressed frame holds XML metadata.', found: `${bytes} bytes` };
  else if (kind === 'box') yield { level: 'error', message: 'A compressed frame holds a box of metadata.', found: `${bytes} bytes` };
  else if (kind === 'profile') yield* textProblems(subject, profileTexts(text), 'The colour profile of a compressed frame holds', ADDRESSES);
  else {
    const readable = text.toString('latin1').replace(/[^\x20-\x7e]+/g, ' ').trim();
    const hits = [...textProblems(subject, [readable], 'A comment in a compressed frame holds')];
    yield* hits;
    if (hits.length === 0 && readable !== '' && !ENCODERS.test(readable)) yield { level: 'warning', message: 'A compressed frame holds a comment.', found: maskSecret(readable) };
  }
}

function* textProblems({ tools }: Subject, texts: readonly string[], says: string, ignored: ReadonlySet<string> = NOTHING): Generator<FrameProblem> {
  const said = new Set<string>();
  for (const text of texts)
    for (const hit of tools.scan(text, { kind: 'bytes' }))
      if (hit.level === 'error' && !ignored.has(hit.code) && said.size < said.add(`${hit.code} ${text.slice(hit.start, hit.end)}`).size) yield { level: 'error', message: `${says} ${hit.what}.`, found: maskSecret(text.slice(hit.start, hit.end)) };
}

/** Bytes that are not zero behind the end-of-image marker, FF D9 in every JPEG (ITU-T T.81 B.1.1.3, T.800 A.4.4). */
function bytesBehindImage({ file }: Subject, { offset, length }: Fragment): number {
  const size = Math.min(length, TAIL_BYTES);
  const tail = file.readAt(offset + length - size, size);
  const end = tail.lastIndexOf(Buffer.from([0xff, 0xd9]));
  let last = tail.length;
  while (last > 0 && tail[last - 1] === 0) last -= 1;
  if (end === -1) return 0;
  return Math.max(0, last - end - 2);
}

/** (0028,2000): the texts of an ICC profile. */
function judgeColourProfile(subject: Subject): void {
  for (const dataSet of subject.dataSet.walk()) {
    const element = dataSet.get(ICC_PROFILE);
    if (element?.bytes === undefined || element.bytes === null || element.bytes.length === 0) continue;
    subject.report.looked('DID-092');
    for (const { message, found } of textProblems(subject, profileTexts(element.bytes), 'The colour profile holds', ADDRESSES)) addAbout(subject, dataSet, element, { code: 'DID-092', message, found });
  }
}

function addAboutPixels({ report }: Subject, level: 'error' | 'warning', message: string, found: string): void {
  report.add({ code: 'DID-092', level, message, tag: 'PixelData', hint: 'Compress the frames anew, without metadata.', expected: 'the image alone', found, content: found });
}
