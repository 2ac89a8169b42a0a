import { CurationError } from '../../errors.js';
import type { RemoteImageSourceConfig } from '../../model/source-config.js';
import type { RetryOptions } from '../../network/retry.js';
import { openDicomwebImages } from '../dicomweb/dicomweb-images.js';
import { openBucketImages } from './bucket-images.js';
import { openGen3Images } from '../manifests/gen3-images.js';
import { openIdcImages } from '../manifests/idc-images.js';
import { openTciaImages } from '../manifests/tcia-images.js';
import type { ManifestItems } from './manifest-items.js';
import type { RemoteSource } from './remote-source.js';

/** What a source is opened with besides its part of colophon.yaml. */
export interface RemoteContext {
  /** Folder of the workspace: paths of manifests are relative to it. */
  root: string;
  /** Where `${NAME}` comes from. */
  environment: Readonly<Record<string, string | undefined>>;
  /** How long a server may send nothing, in ms. */
  timeout_ms: number;
  signal?: AbortSignal;
  /** How patiently a source tries again by itself, where it does; default DEFAULT_RETRY. */
  retry?: Omit<RetryOptions, 'seed'>;
  /** What the manifest of the source lists; absent where only single files are read again. */
  manifest?: ManifestItems;
  /** Takes a sentence for the user about where the bytes come from. */
  note(sentence: string): void;
}

/** Makes the source of one kind. */
export type RemoteOpener<Kind extends RemoteImageSourceConfig['kind']> = (config: Extract<RemoteImageSourceConfig, { kind: Kind }>, context: RemoteContext) => Promise<RemoteSource>;

/** How each kind of source is opened: a new kind is a line here. */
const OPENERS: { readonly [Kind in RemoteImageSourceConfig['kind']]?: RemoteOpener<Kind> } = {
  dicomweb: openDicomwebImages,
  s3: openBucketImages,
  'gen3-manifest': openGen3Images,
  'idc-manifest': openIdcImages,
  'tcia-manifest': openTciaImages,
};

/**
 * Opens a source of images that is elsewhere. No request need be sent yet.
 * @throws {CurationError} CONFIG_INVALID
 */
export function openRemote(config: RemoteImageSourceConfig, context: RemoteContext): Promise<RemoteSource> {
  const open = OPENERS[config.kind] as RemoteOpener<RemoteImageSourceConfig['kind']> | undefined;
  if (open === undefined) throw new CurationError('CONFIG_INVALID', `Sources of the kind ${config.kind} cannot be pulled.`, { found: `source ${config.name}` });
  return open(config as never, context);
}
