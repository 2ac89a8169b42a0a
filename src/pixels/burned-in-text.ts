import type { FileReport } from '../model/inspection.js';
import type { FrameDecoder } from './decode-frame.js';
import { invertPicture, makeGrayPicture } from './gray-picture.js';
import { toLuminance } from './luminance.js';
import type { PixelSource, Undecodable } from './pixel-source.js';
import { findTextLines, type Box, type TextLine } from './text-lines.js';
import type { ReadLine, TextReader } from './text-reader.js';

/** Something in a text that may identify somebody, as the scanner of texts gives it. */
export interface ScannedHit {
  code: string;
  level: 'error' | 'warning';
  /** What it is, half a sentence. */
  what: string;
}

/** What the judgement of burned-in text needs from other rooms. */
export interface BurnedInTools {
  reader: TextReader;
  /** Finds what may identify somebody in a text. */
  scan(text: string): readonly ScannedHit[];
  /** A text as a report may show it. */
  mask(text: string): string;
}

/** Letters and digits of a line that counts as text when the recogniser is sure of it: it reads a word into many a texture. */
const SHORT = 3;
const SURE = 60;
/** Letters and digits of a line that counts however sure it is: no texture has so many shapes in a row, and signs as `^` in a name leave it in doubt. */
const LONGER = 6;
/** Lines of bright and of dark text looked at in a frame; a picture with more is a page of text or a texture, and the finding says so. */
export const MOST_LINES = 150;

/** Marks of side, view and posture that technologists put on every radiograph (PS3.15 E.3.1 leaves them). */
const MARKS = new Set('L R LT RT LEFT RIGHT AP PA LAT LATERAL OBL PORTABLE PORT SUPINE ERECT UPRIGHT PRONE SEMI SEMIERECT SITTING STANDING DECUB DECUBITUS INSP EXP INSPIRATION EXPIRATION MOBILE HEAD FEET ANT POST CHEST'.split(' '));

/** Signs that the recogniser takes for the caret between the parts of a name. */
const CARET_LIKE = /(?<=\p{L})["”“™~*°](?=\p{L})/gu;

/** What was read in one frame. */
export interface FrameText {
  lines: ReadLine[];
  /** Whether there was more than is looked at. */
  cut: boolean;
}

/** Reads the text in a frame, bright and dark; what is no text is left out. */
export function readFrame(source: PixelSource, index: number, decoder: FrameDecoder, reader: TextReader): FrameText | Undecodable {
  const frame = decoder.decode(source, index);
  if (frame.kind === 'undecodable') return frame;
  const picture = makeGrayPicture(toLuminance(frame, source.palette), frame.rows, frame.columns);
  if (picture === null) return { lines: [], cut: false };
  const bright = bordersFirst(findTextLines(picture));
  const read = reader.read(bright.slice(0, MOST_LINES));
  // The ground between bright letters looks like dark letters: what was read well is not read again.
  const sure = bright.filter((_, index) => isText(read[index] ?? NOTHING_READ) && (read[index]?.confidence ?? 0) >= SURE);
  const dark = bordersFirst(findTextLines(invertPicture(picture)).filter((line) => !sure.some((known) => covers(known.box, line.box))));
  read.push(...reader.read(dark.slice(0, MOST_LINES)));
  return { lines: distinct(read.filter(isText)), cut: Math.max(bright.length, dark.length) > MOST_LINES };
}

const NOTHING_READ: ReadLine = { text: '', confidence: 0 };

/** Whether most of `line` lies in `known`. */
function covers(known: Box, line: Box): boolean {
  const width = Math.min(known.right, line.right) - Math.max(known.left, line.left);
  const height = Math.min(known.bottom, line.bottom) - Math.max(known.top, line.top);
  return width > 0 && height > 0 && width * height >= 0.6 * (line.right - line.left) * (line.bottom - line.top);
}

/** By distance from the nearest edge: names and dates stand in the corners. */
function bordersFirst(lines: readonly TextLine[]): TextLine[] {
  const distance = ({ box, strokes }: TextLine): number => Math.min(box.left, box.top, strokes.columns - box.right, strokes.rows - box.bottom);
  return lines.map((line, index) => ({ line, index, distance: distance(line) })).sort((a, b) => a.distance - b.distance || a.index - b.index).map(({ line }) => line);
}

function isText({ text, confidence }: ReadLine): boolean {
  const signs = text.replace(/[^\p{L}\p{N}]/gu, '').length;
  return signs >= LONGER || (signs >= SHORT && confidence >= SURE);
}

/** The same words read twice, as bright and as dark strokes, are one text. */
function distinct(lines: readonly ReadLine[]): ReadLine[] {
  const byText = new Map<string, ReadLine>();
  for (const line of lines) {
    const key = line.text.replace(/[^\p{L}\p{N}]/gu, '').toUpperCase();
    const known = byText.get(key);
    if (known === undefined || known.confidence < line.confidence) byText.set(key, line);
  }
  return [...byText.values()];
}

/** The first frame and the last: a name stands in all of them, or comes with the first or last picture of a run. */
export function chosenFrames({ frames }: PixelSource): number[] {
  return frames > 1 ? [0, frames - 1] : [0];
}

/**
 * DID-072: no text stands in the pixels of the first and last frame. Text that the scanner takes for an identifier is an
 * error, other text a warning, marks of side and view are noted.
 */
export function judgeBurnedInText(source: PixelSource, decoder: FrameDecoder, tools: BurnedInTools, report: FileReport): void {
  report.looked('DID-072');
  const lines: ReadLine[] = [];
  let cut = false;
  for (const index of chosenFrames(source)) {
    const read = readFrame(source, index, decoder, tools.reader);
    if ('kind' in read) return report.add(unread(read));
    lines.push(...read.lines);
    cut ||= read.cut;
  }
  const texts = distinct(lines).map(({ text }) => text);
  const marks = texts.filter(isMark);
  const others = texts.filter((text) => !isMark(text));
  const flagged = others.map((text) => ({ text, hits: scanLine(text, tools.scan) })).filter(({ hits }) => hits.length > 0);
  const plain = others.filter((text) => !flagged.some((line) => line.text === text));
  if (flagged.length > 0) {
    const what = [...new Set(flagged.flatMap(({ hits }) => hits.map((hit) => hit.what)))].sort();
    report.add({ ...ABOUT, level: 'error', message: 'Text in the pixels looks like an identifier.', expected: 'no text in the pixels', found: show(flagged.map(({ text }) => text), tools.mask), hint: `It looks like ${what.join(', ')}. Mask it in the pixels.`, content: flagged.map(({ text }) => text).join('\n') });
  }
  if (plain.length > 0 || cut) {
    const more = cut ? ' There is more than was read: look at the image.' : '';
    report.add({ ...ABOUT, level: 'warning', message: 'Text stands in the pixels.', expected: 'no text in the pixels', found: show(plain, tools.mask), hint: `Look at the image; mask the text, or waive it when it is harmless.${more}`, content: plain.join('\n') });
  }
  if (marks.length > 0) report.add({ ...ABOUT, level: 'info', message: 'Marks of side or view stand in the pixels.', found: `${marks.length} of them`, content: marks.join('\n') });
}

const ABOUT = { code: 'DID-072', tag: 'PixelData' };

function unread({ reason }: Undecodable): Parameters<FileReport['add']>[0] {
  return { ...ABOUT, level: 'warning', message: 'The pixels could not be decoded, so no text was looked for in them.', hint: 'Look at the image, or write it in a transfer syntax that this version decodes.', expected: 'pixels that can be decoded', found: reason, content: reason };
}

/** Words of side and view only, and what the recogniser adds to them. */
function isMark(text: string): boolean {
  const words = text.toUpperCase().split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  return words.length > 0 && words.every((word) => MARKS.has(word));
}

/** The line as it was read, and once more with carets where the recogniser saw other signs. */
function scanLine(text: string, scan: BurnedInTools['scan']): readonly ScannedHit[] {
  const hits = scan(text);
  return hits.length > 0 ? hits : scan(text.replace(CARET_LIKE, '^'));
}

/** How many lines, and the first of them masked. */
function show(texts: readonly string[], mask: BurnedInTools['mask']): string {
  const [first] = texts;
  if (first === undefined) return 'more lines than are read';
  return texts.length === 1 ? mask(first) : `${texts.length} lines, as ${mask(first)}`;
}
