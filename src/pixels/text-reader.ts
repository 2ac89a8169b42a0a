import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { cutLine } from './line-picture.js';
import type { GrayPicture } from './gray-picture.js';
import type { TextLine } from './text-lines.js';

/** A line as the recogniser read it. */
export interface ReadLine {
  text: string;
  /** Its mean confidence in the words, 0 to 100. */
  confidence: number;
}

/** Reads lines of text. Bound to its thread; ends with it. */
export interface TextReader {
  /** What stands in each line, in their order; '' where nothing was recognised. */
  read(lines: readonly TextLine[]): ReadLine[];
  /** Gives the recogniser's memory back; nothing can be read afterwards. */
  close(): void;
}

interface TessBaseApi {
  Init(path: null, languages: string, engine: number): number;
  SetVariable(name: string, value: string): boolean;
  SetImageFile(orientation: number, angle: number): number;
  Recognize(progress: null): number;
  GetUTF8Text(): string;
  MeanTextConf(): number;
  End(): void;
}

interface TesseractCore {
  FS: { writeFile(path: string, data: Uint8Array): void };
  TessBaseAPI: new () => TessBaseApi;
}

const require = createRequire(import.meta.url);

/** The recogniser's engine by neural network; the data hold no other. */
const LSTM_ONLY = 1;
/** The image is one line of text. */
const SINGLE_LINE = '7';
const INPUT = '/input';

/**
 * Makes a reader of English text: tesseract's WebAssembly build and the data that its package ships, in this thread and
 * without any network.
 *
 * Why not tesseract.js itself: it starts a thread of its own a reader, which outlives ours when that is terminated, and
 * would fetch its data from a server where a path is wrong. Always the SIMD build without relaxed SIMD: the same text
 * on every machine.
 */
export async function createTextReader(): Promise<TextReader> {
  const createCore = createRequire(require.resolve('tesseract.js'))('tesseract.js-core/tesseract-core-simd-lstm') as (module: object) => Promise<TesseractCore>;
  const silent = (): void => undefined;
  const core = await createCore({ print: silent, printErr: silent, TesseractProgress: silent });
  const data = join(dirname(require.resolve('@tesseract.js-data/eng/package.json')), '4.0.0_best_int', 'eng.traineddata.gz');
  core.FS.writeFile('eng.traineddata', gunzipSync(readFileSync(data)));
  const api = new core.TessBaseAPI();
  if (api.Init(null, 'eng', LSTM_ONLY) !== 0) throw new Error('the text recogniser does not start');
  api.SetVariable('tessedit_pageseg_mode', SINGLE_LINE);
  return {
    read: (lines) => lines.map((line) => readLine(core, api, line)),
    close: () => api.End(),
  };
}

/** A picture a line: in this build a rectangle of a larger picture is not kept to. */
function readLine(core: TesseractCore, api: TessBaseApi, line: TextLine): ReadLine {
  core.FS.writeFile(INPUT, encodePgm(cutLine(line)));
  if (api.SetImageFile(1, 0) !== 0) throw new Error('the text recogniser takes no picture');
  api.Recognize(null);
  return { text: api.GetUTF8Text().replace(/\s+/g, ' ').trim(), confidence: api.MeanTextConf() };
}

/** A portable gray map: a header and the values. */
function encodePgm({ rows, columns, values }: GrayPicture): Buffer {
  return Buffer.concat([Buffer.from(`P5\n${columns} ${rows}\n255\n`), values]);
}
