import type { GrayPicture } from './gray-picture.js';
import { mapStrokes } from './stroke-map.js';

/** A box of pixels: `left` and `top` are in it, `right` and `bottom` behind it. */
export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** A connected stroke, or what touches: mostly one character. */
interface Shape extends Box {
  /** Brightest value in it. */
  peak: number;
  pixels: number;
}

/** Least contrast of a stroke to what is around it, of 255. */
const LEAST_CONTRAST = 40;
/** Height of a character, in pixels. */
const LEAST_HEIGHT = 6;
const MOST_HEIGHT = 120;
/** Heights of a character between two of one line: a comma and a space. */
const MOST_GAP = 2.2;
/** Shapes in a line at least: two alone are found in every texture. */
const LEAST_SHAPES = 3;
/** Shapes that are looked at; a picture with more is all texture, and is looked at with more contrast. */
const MOST_SHAPES = 6000;
/** Values in which the brightest pixels of a line's shapes may differ: text is drawn in one tone. */
const TONE_RANGE = 90;

/** What may be a line of text. */
export interface TextLine {
  /** The strokes of the picture that it is in: bright on black. */
  strokes: GrayPicture;
  box: Box;
}

/** What may be lines of bright text, from the top; for dark text, give the negative. */
export function findTextLines(picture: GrayPicture): TextLine[] {
  const width = Math.max(9, Math.round(Math.max(picture.rows, picture.columns) / 90)) | 1;
  const strokes = { ...picture, values: mapStrokes(picture, width) };
  for (let contrast = LEAST_CONTRAST; contrast < 256; contrast *= 1.5) {
    const shapes = findShapes(strokes.values, picture, contrast);
    if (shapes !== null) return joinLines(shapes.filter(isCharacter), picture).map((box) => ({ strokes, box }));
  }
  return [];
}

function isCharacter({ left, top, right, bottom, pixels }: Shape): boolean {
  const height = bottom - top;
  const width = right - left;
  if (height < LEAST_HEIGHT || height > MOST_HEIGHT || width > 8 * height) return false;
  return pixels >= 0.1 * height * width || width <= 3;
}

/** Connected pixels (of eight neighbours) above a contrast; null when there are too many shapes. */
function findShapes(strokes: Uint8Array, { rows, columns, values }: GrayPicture, contrast: number): Shape[] | null {
  const seen = new Uint8Array(strokes.length);
  const stack = new Int32Array(strokes.length);
  const shapes: Shape[] = [];
  for (let start = 0; start < strokes.length; start++) {
    if (seen[start] === 1 || (strokes[start] as number) < contrast) continue;
    const shape: Shape = { left: columns, top: rows, right: 0, bottom: 0, peak: 0, pixels: 0 };
    let depth = 0;
    stack[depth++] = start;
    seen[start] = 1;
    while (depth > 0) {
      const at = stack[--depth] as number;
      const y = Math.floor(at / columns);
      const x = at - y * columns;
      grow(shape, x, y, values[at] as number);
      for (let down = y > 0 ? -1 : 0; down <= (y < rows - 1 ? 1 : 0); down++) {
        for (let right = x > 0 ? -1 : 0; right <= (x < columns - 1 ? 1 : 0); right++) {
          const next = at + down * columns + right;
          if (seen[next] === 1 || (strokes[next] as number) < contrast) continue;
          seen[next] = 1;
          stack[depth++] = next;
        }
      }
    }
    if (shape.bottom - shape.top < 2) continue;
    shapes.push(shape);
    if (shapes.length > MOST_SHAPES) return null;
  }
  return shapes;
}

function grow(shape: Shape, x: number, y: number, value: number): void {
  shape.left = Math.min(shape.left, x);
  shape.right = Math.max(shape.right, x + 1);
  shape.top = Math.min(shape.top, y);
  shape.bottom = Math.max(shape.bottom, y + 1);
  shape.peak = Math.max(shape.peak, value);
  shape.pixels += 1;
}

/** Joins shapes that stand side by side, of like height and tone, to lines. */
function joinLines(shapes: Shape[], picture: GrayPicture): Box[] {
  shapes.sort((a, b) => a.left - b.left || a.top - b.top);
  const lineOf = shapes.map((_, index) => index);
  const find = (index: number): number => {
    let at = index;
    while (lineOf[at] !== at) at = lineOf[at] = lineOf[lineOf[at] as number] as number;
    return at;
  };
  for (const [index, shape] of shapes.entries()) {
    for (let other = index + 1; other < shapes.length; other++) {
      const next = shapes[other] as Shape;
      if (next.left - shape.right > MOST_GAP * MOST_HEIGHT) break;
      if (areBeside(shape, next)) lineOf[find(other)] = find(index);
    }
  }
  const lines = new Map<number, Shape[]>();
  for (const [index, shape] of shapes.entries()) {
    const line = find(index);
    const members = lines.get(line);
    if (members === undefined) lines.set(line, [shape]);
    else members.push(shape);
  }
  const found = [...lines.values()].filter((line) => line.length >= LEAST_SHAPES && isLine(line)).map((line) => surround(line, picture));
  return found.sort((a, b) => a.top - b.top || a.left - b.left);
}

function areBeside(one: Shape, next: Shape): boolean {
  const [a, b] = [one.bottom - one.top, next.bottom - next.top];
  const least = Math.min(a, b);
  if (Math.max(a, b) > 2.2 * least || next.left - one.right > MOST_GAP * Math.max(a, b)) return false;
  if (Math.abs(one.peak - next.peak) > TONE_RANGE) return false;
  return Math.min(one.bottom, next.bottom) - Math.max(one.top, next.top) >= 0.6 * least;
}

/** Wider than high, and not much higher than its shapes: a line does not climb. */
function isLine(line: readonly Shape[]): boolean {
  const { left, top, right, bottom } = bounds(line);
  const tallest = Math.max(...line.map((shape) => shape.bottom - shape.top));
  return right - left >= 1.2 * (bottom - top) && bottom - top <= 1.9 * tallest;
}

function bounds(line: readonly Box[]): Box {
  const box = { left: Infinity, top: Infinity, right: 0, bottom: 0 };
  for (const { left, top, right, bottom } of line) {
    box.left = Math.min(box.left, left);
    box.top = Math.min(box.top, top);
    box.right = Math.max(box.right, right);
    box.bottom = Math.max(box.bottom, bottom);
  }
  return box;
}

/** The box of a line and a margin for what its shapes lack: dots, accents, faint ends. */
function surround(line: readonly Shape[], { rows, columns }: GrayPicture): Box {
  const { left, top, right, bottom } = bounds(line);
  const margin = Math.max(2, Math.round((bottom - top) * 0.35));
  return { left: Math.max(0, left - 2 * margin), top: Math.max(0, top - margin), right: Math.min(columns, right + 2 * margin), bottom: Math.min(rows, bottom + margin) };
}
