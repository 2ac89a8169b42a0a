/** Models that tag images: how colophon.yaml names them, and what `tag` says of a run. */
import type { Level } from './finding.js';

/** An ONNX model that tags images. It runs offline, on the processor, with no access to files or network. */
export interface ModelConfig {
  /**
   * Name of the tag: `tag:<name>` in `balance`, `model` in the tables.
   * @pattern ^[a-z0-9][a-z0-9_-]{0,31}$
   */
  name: string;
  /** The ONNX file, whole in one file; relative to the workspace, or absolute. */
  path: string;
  /**
   * Version of the model, as its makers count; published with every tag.
   * @pattern ^[A-Za-z0-9][A-Za-z0-9._+-]{0,31}$
   */
  version: string;
  /**
   * sha256 of the ONNX file; another file is not run.
   * @pattern ^[0-9a-f]{64}$
   */
  sha256?: string;
  input: ModelInput;
  output: ModelOutput;
  /**
   * Only images of these Modality values; default: every image with pixels.
   * @minItems 1
   */
  modalities?: string[];
  agrees_with?: TagAgreement;
  /** Labels that are findings of the gate (TAG-003); a bare label is a warning. */
  flag?: (string | TagFlag)[];
}

/** What the model is given of an image: one picture, of several frames the middle one. */
export interface ModelInput {
  /**
   * In pixels.
   * @minimum 1
   * @maximum 4096
   * @asType integer
   */
  width: number;
  /**
   * In pixels.
   * @minimum 1
   * @maximum 4096
   * @asType integer
   */
  height: number;
  /** 1: brightness. 3: red, green, blue; of a grey picture three times the same. */
  channels: 1 | 3;
  /**
   * Which brightness becomes the ends of `scale`; what lies beyond is cut off. A centre and a width in the unit of the
   * picture (HU in CT); `header`: WindowCenter and WindowWidth, else as `percentile`; `percentile`: the 1st and the 99th
   * of the picture; `full`: the darkest and brightest pixel. Colour is taken as it is.
   */
  window: ModelWindow | 'header' | 'percentile' | 'full';
  /** Order of the numbers; default `nchw`. */
  layout?: 'nchw' | 'nhwc';
  /**
   * What the darkest and the brightest become; default [0, 1].
   * @minItems 2
   * @maxItems 2
   */
  scale?: number[];
  /** How another aspect ratio is met: `stretch` (default), `pad` with the darkest value, `crop` around the middle. */
  fit?: 'stretch' | 'pad' | 'crop';
  /** Subtracted after `scale`, one number a channel. */
  mean?: number[];
  /** Divided by after `mean`, one number a channel. */
  deviation?: number[];
  /** Name of the input; default: the only one. */
  name?: string;
}

/** Brightness in the unit of the picture: the values from center - width / 2 to center + width / 2. */
export interface ModelWindow {
  center: number;
  /** @exclusiveMinimum 0 */
  width: number;
}

/** What the numbers that the model gives mean. */
export interface ModelOutput {
  /**
   * One label a number, in their order.
   * @minItems 1
   */
  labels: string[];
  /** What turns the numbers into scores between 0 and 1; `none`: they are scores already. */
  activation: 'softmax' | 'sigmoid' | 'none';
  /**
   * Least score of a label that becomes a tag; default 0.5.
   * @minimum 0
   * @maximum 1
   */
  threshold?: number;
  /** Whether an image may get several labels, or the best one only; default: several with `sigmoid`. */
  several?: boolean;
  /** Name of the output; default: the only one. */
  name?: string;
}

/** A header attribute that the tag must agree with: ViewPosition is judged by TAG-001, the others by TAG-002. */
export interface TagAgreement {
  attribute: 'ViewPosition' | 'Modality' | 'BodyPartExamined' | 'Laterality' | 'ImageLaterality' | 'PatientPosition';
  /** Header value to the label, or labels, that agree with it; images with other values are not judged. */
  values: Record<string, string | string[]>;
}

/** A label that is a finding. */
export interface TagFlag {
  label: string;
  level: Level;
}

/** Why an image has no scores. `no-pixels` is no failure: there is nothing to look at. */
export type TagErrorCode = 'no-pixels' | 'not-decodable' | 'changed' | 'unreadable' | 'model-failed' | 'no-number';

/** `tag --json`. */
export interface TagReport {
  /** True when every image with pixels was tagged. */
  ok: boolean;
  models: ModelReport[];
  /** Images read in this run, and their bytes. */
  read: number;
  read_bytes: number;
  seconds: number;
}

/** What one model did. */
export interface ModelReport {
  model: string;
  version: string;
  /** Of the ONNX file that was run. */
  sha256: string;
  /** Images of accepted cases that it judges, by its `modalities`. */
  images: number;
  /** Looked at in this run. */
  looked: number;
  /** Tagged by an earlier run with the same model, settings and bytes: not looked at again. */
  unchanged: number;
  /** Tags dropped because model, settings or image are no longer the same. */
  dropped: number;
  /** Of all images: no label reached the threshold. */
  undecided: number;
  /** Of all images: without pixels, so without tag. */
  without_pixels: number;
  /** Of all images: could not be tagged. */
  failed: number;
  /** Images a label, in the order of the labels. */
  labels: { label: string; images: number }[];
  /** The first images that failed, by source and path; `problems_query` lists all. */
  problems: { path: string; code: TagErrorCode }[];
  /** For `colophon query`. */
  problems_query: string;
}

/**
 * What decides the scores and tags of a model besides its file: tags made under other settings are stale. The number is
 * raised when this program prepares pictures in another way.
 */
export function tagSettings({ input, output }: ModelConfig): unknown {
  const { width, height, channels, window, layout = 'nchw', scale = [0, 1], fit = 'stretch', mean = null, deviation = null } = input;
  const { labels, activation, threshold = 0.5, several = activation === 'sigmoid' } = output;
  const names = [input.name ?? null, output.name ?? null];
  return { preparation: 1, width, height, channels, window, layout, scale, fit, mean, deviation, labels, activation, threshold, several, names };
}

/** The label of an entry of `flag` with its level. */
export function readFlag(flag: string | TagFlag): TagFlag {
  return typeof flag === 'string' ? { label: flag, level: 'warning' } : flag;
}
