import { join, resolve } from 'node:path';
import type { Config } from '../model/config.js';
import { isImageSource, isTableSource, ownFolder, type ImageSourceConfig, type SourceConfig, type TableSourceConfig } from '../model/source-config.js';
import type { Workspace } from './workspace.js';

/** The sources of images, in the order of colophon.yaml. */
export function imageSources({ sources }: Config): ImageSourceConfig[] {
  return sources.filter(isImageSource);
}

/** The sources of clinical tables, in the order of colophon.yaml. */
export function tableSources({ sources }: Config): TableSourceConfig[] {
  return sources.filter(isTableSource);
}

/**
 * Where the files of a source are on this machine: the folder that it names, or, for one that is elsewhere, the folder of
 * the workspace that holds what was read of it.
 */
export function sourceFolder({ root, paths }: Workspace, source: SourceConfig): string {
  const own = ownFolder(source);
  return own === null ? join(paths.sources, source.name) : resolve(root, own);
}

/** Whether the bytes of a source of images stay on this machine, or were never elsewhere. */
export function keepsCopies(source: SourceConfig): boolean {
  return !isImageSource(source) || source.kind === 'dicom-folder' || ownFolder(source) !== null || ((source.read ?? 'whole') === 'whole' && source.keep !== false);
}

/** Names of the image sources whose files are on this machine only while they are read. */
export function sourcesElsewhere(config: Config): Set<string> {
  return new Set(imageSources(config).filter((source) => !keepsCopies(source)).map(({ name }) => name));
}

/** The folders of all image sources by name. */
export function imageFolders(workspace: Workspace): Map<string, string> {
  return new Map(imageSources(workspace.config).map((source) => [source.name, sourceFolder(workspace, source)]));
}
