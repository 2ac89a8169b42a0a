import { canonicalJson } from '../fixity/canonical-json.js';
import { FileDigester, sha256Hex } from '../fixity/digest.js';
import { UnreadableFileError } from '../fixity/file.js';
import { tagSettings, type ModelConfig } from '../model/tagging.js';

/** What identifies a configured model; see the catalog's `configured_model`. */
export interface ModelIdentity {
  model: string;
  version: string;
  /** Pinned, else of the file; null when it cannot be read. */
  sha256: string | null;
  settings: string;
  modalities: readonly string[] | null;
}

/**
 * Who a configured model is now. A pinned digest is taken at its word, so that tags can be judged and published where
 * the model itself is not.
 * @param path absolute
 */
export function identifyModel(config: ModelConfig, path: string): ModelIdentity {
  const { name: model, version, sha256, modalities = null } = config;
  return { model, version, sha256: sha256 ?? digestOf(path), settings: settingsDigest(config), modalities };
}

/** sha256 over what decides scores and labels besides the file. */
export function settingsDigest(config: ModelConfig): string {
  return sha256Hex(canonicalJson(tagSettings(config)));
}

function digestOf(path: string): string | null {
  try {
    return new FileDigester().digestFile(path).sha256;
  } catch (error) {
    if (error instanceof UnreadableFileError) return null;
    throw error;
  }
}
