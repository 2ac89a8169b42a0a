import { sha256Hex } from '../fixity/digest.js';
import { describeDefect, readRegularFile, UnreadableFileError } from '../fixity/file.js';
import type { ModelConfig } from '../model/tagging.js';
import { unusableModel } from './model-failure.js';
import { findOnnxDefect } from './onnx-outline.js';

/** Larger files are refused unread: the runtime and what it computes with share 4 GiB. */
export const MAX_MODEL_BYTES = 512 << 20;

/** An ONNX file as it was read once: what is hashed is what is run. */
export interface ModelFile {
  sha256: string;
  /** Shared, so that workers need no copy each. */
  bytes: SharedArrayBuffer;
}

/**
 * Reads a model and judges its bytes before the runtime sees them.
 * @param path absolute
 * @throws {CurationError} MODEL_INVALID: not there, too large, not the pinned file, not ONNX, or not whole in one file
 */
export function readModelFile({ name, sha256: pinned }: Pick<ModelConfig, 'name' | 'sha256'>, path: string): ModelFile {
  const content = readBytes(name, path);
  const sha256 = sha256Hex(content);
  if (pinned !== undefined && pinned !== sha256)
    throw unusableModel(name, `${path} is not the file that colophon.yaml pins`, {
      expected: `sha256 ${pinned}`,
      found: `sha256 ${sha256}`,
      suggestions: [`Bring the pinned file back, or set models, ${name}, sha256 and version to those of the new one.`],
    });
  const defect = findOnnxDefect(content);
  if (defect !== null)
    throw unusableModel(name, `${path} ${defect}`, { expected: 'an ONNX model that is whole in one file', suggestions: ['Export the model again, with its weights inside.'] });
  const bytes = new SharedArrayBuffer(content.length);
  new Uint8Array(bytes).set(content);
  return { sha256, bytes };
}

function readBytes(name: string, path: string): Buffer {
  try {
    return readRegularFile(path, MAX_MODEL_BYTES);
  } catch (error) {
    if (!(error instanceof UnreadableFileError)) throw error;
    const limit = error.defect === 'too-large' ? { expected: `at most ${MAX_MODEL_BYTES} bytes` } : {};
    throw unusableModel(name, `its file is ${describeDefect(error.defect)}: ${path}`, {
      cause: error,
      ...limit,
      suggestions: [`Correct the path of the model ${name} in colophon.yaml, under models.`],
    });
  }
}
