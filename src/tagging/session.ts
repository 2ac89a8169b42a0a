/** The runtime of ONNX models: WebAssembly from the installed package, one thread, no network. The only onnxruntime-web. */
import { env, InferenceSession, Tensor } from 'onnxruntime-web';
import type { ModelConfig, ModelInput, ModelOutput } from '../model/tagging.js';
import { runtimeBytes } from './runtime-bytes.js';

/** What a model needs to run. */
export interface ModelSetup extends Pick<ModelConfig, 'name' | 'input' | 'output'> {
  /** The whole ONNX file. */
  bytes: SharedArrayBuffer;
}

/** A model that the runtime took and that does not fit its configuration; the message is the rest of a sentence about it. */
export class ModelMismatch extends Error {
  override readonly name = 'ModelMismatch';
}

// Workers are ours to make, and the log of the runtime would end up among results.
env.wasm.numThreads = 1;
env.wasm.proxy = false;
env.wasm.wasmBinary = runtimeBytes();
env.logLevel = 'fatal';

/** A loaded model. */
export class ModelSession {
  private constructor(
    private readonly session: InferenceSession,
    private readonly input: { name: string; shape: number[] },
    private readonly output: { name: string; labels: number },
  ) {}

  /**
   * Loads a model and holds its input and output against the configuration.
   * @throws {ModelMismatch} also when the runtime refuses it
   */
  static async load({ input, output, bytes }: ModelSetup): Promise<ModelSession> {
    const session = await refusing('is refused by the runtime', () => InferenceSession.create(new Uint8Array(bytes), { executionProviders: ['wasm'], logSeverityLevel: 4 }));
    return new ModelSession(session, inputOf(session, input), outputOf(session, output));
  }

  /**
   * The numbers that the model gives for a prepared picture, one a label.
   * @throws {ModelMismatch} when it fails, or gives something else
   */
  async run(picture: Float32Array): Promise<Float32Array> {
    const tensor = new Tensor('float32', picture, this.input.shape);
    const results = await refusing('fails on a picture', () => this.session.run({ [this.input.name]: tensor }, [this.output.name]));
    const result = results[this.output.name];
    if (result?.type !== 'float32') throw new ModelMismatch(`gives ${result?.type ?? 'nothing'} in ${this.output.name}, not float32`);
    const numbers = result.data as Float32Array;
    if (numbers.length !== this.output.labels) throw new ModelMismatch(`gives ${numbers.length} numbers for ${this.output.labels} labels`);
    return numbers;
  }
}

async function refusing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new ModelMismatch(`${what}: ${oneLine(error)}`, { cause: error });
  }
}

/** Messages of the runtime speak of operators and shapes, never of pixels; cut, since names in them come from the file. */
function oneLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').slice(0, 300);
}

/** The input that the picture goes into; its shape must leave room for exactly one picture of the configured size. */
function inputOf({ inputNames, inputMetadata }: InferenceSession, config: ModelInput): { name: string; shape: number[] } {
  const name = pick('input', inputNames, config.name);
  const { width, height, channels, layout = 'nchw' } = config;
  const shape = layout === 'nchw' ? [1, channels, height, width] : [1, height, width, channels];
  const declared = inputMetadata[inputNames.indexOf(name)];
  if (declared?.isTensor !== true || declared.type !== 'float32') throw new ModelMismatch(`wants ${declared?.isTensor === true ? declared.type : 'no tensor'} as ${name}, not float32`);
  const fits = declared.shape.length === shape.length && declared.shape.every((size, index) => typeof size !== 'number' || size < 0 || size === shape[index]);
  if (!fits) throw new ModelMismatch(`wants an input of the shape ${show(declared.shape)}, not ${show(shape)}`);
  if (inputNames.length > 1) throw new ModelMismatch(`wants ${inputNames.length} inputs: ${inputNames.join(', ').slice(0, 100)}`);
  return { name, shape };
}

function outputOf({ outputNames, outputMetadata }: InferenceSession, { labels, name: wanted }: ModelOutput): { name: string; labels: number } {
  const name = pick('output', outputNames, wanted);
  const declared = outputMetadata[outputNames.indexOf(name)];
  const shape = declared?.isTensor === true ? declared.shape : [];
  // sizes that only a run decides are texts or negative; then the run is judged
  const numbers = shape.reduce<number>((product, size) => (typeof size === 'number' && size >= 0 ? product * size : NaN), 1);
  if (shape.length > 0 && !Number.isNaN(numbers) && numbers !== labels.length) throw new ModelMismatch(`gives ${numbers} numbers for ${labels.length} labels`);
  return { name, labels: labels.length };
}

function pick(what: string, names: readonly string[], wanted: string | undefined): string {
  const [only] = names;
  if (wanted === undefined && names.length === 1 && only !== undefined) return only;
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  const known = names.join(', ').slice(0, 200);
  throw new ModelMismatch(wanted === undefined ? `has several ${what}s, and none is named: ${known}` : `has no ${what} ${wanted}, but ${known}`);
}

function show(shape: readonly (number | string)[]): string {
  return `[${shape.join(', ').slice(0, 100)}]`;
}
