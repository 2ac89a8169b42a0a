import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Catalog } from '../../src/catalog/catalog.js';
import type { Effects } from '../../src/effects.js';
import type { SchemaPack } from '../../src/model/clinical.js';
import type { Config } from '../../src/model/config.js';
import type { PullReport } from '../../src/model/pull.js';
import { pullSources, type PullOptions } from '../../src/workflow/pull.js';
import { workspacePaths } from '../../src/workspace/workspace.js';
import { writeDicom, type DicomElement } from '../support/dicom-writer.js';

/** A configuration with one source of images and one of tables, whose case table is keyed by `case_id`. */
export function makeConfig(changes: Partial<Config> = {}): Config {
  return {
    dataset: { id: 'test', title: 'Test', license: 'CC0-1.0' },
    sources: [
      { name: 'images', kind: 'dicom-folder', path: 'dicom' },
      { name: 'clinical', kind: 'tables', path: 'tables' },
    ],
    tables: { case: { key: 'case_id' } },
    ...changes,
  };
}

/** Only images: every PatientID is a case. */
export const IMAGES_ONLY: Partial<Config> = { sources: [{ name: 'images', kind: 'dicom-folder', path: 'dicom' }] };

/** Only tables. */
export const TABLES_ONLY: Partial<Config> = { sources: [{ name: 'clinical', kind: 'tables', path: 'tables' }] };

/** Opens the catalog of the workspace at `root`, pulls, and lets `look` see the catalog before it is closed. */
export async function pullAt<T = undefined>(
  root: string,
  config: Config,
  look: (catalog: Catalog, report: PullReport) => Promise<T>,
  options: PullOptions & { pack?: SchemaPack; effects?: Effects } = {},
): Promise<T> {
  const paths = workspacePaths(root);
  const catalog = await Catalog.open(paths.catalog);
  try {
    const report = await pullSources({ workspace: { root, config, paths }, catalog, pack: options.pack ?? null }, options, options.effects);
    return await look(catalog, report);
  } finally {
    catalog.close();
  }
}

/** Writes files below `root`, making folders on the way. */
export function writeFiles(root: string, files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
}

/** A small CT slice of a patient; `n` makes its UID and its bytes unique. */
export function slice(patient: string, n: number, more: readonly DicomElement[] = []): Buffer {
  return writeDicom({
    elements: [
      { tag: '00080016', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
      { tag: '00080018', vr: 'UI', value: `2.25.1.${n}` },
      { tag: '00080060', vr: 'CS', value: 'CT' },
      { tag: '00100010', vr: 'PN', value: 'Müller^Jürgen' },
      { tag: '00100020', vr: 'LO', value: patient },
      { tag: '0020000d', vr: 'UI', value: '2.25.2' },
      { tag: '0020000e', vr: 'UI', value: '2.25.3' },
      ...more,
      { tag: '7fe00010', vr: 'OW', value: new Uint8Array(64).fill(n % 251) },
    ],
  });
}
