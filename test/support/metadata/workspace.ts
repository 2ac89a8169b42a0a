import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Catalog } from '../../../src/catalog/catalog.js';
import { digestPolicy } from '../../../src/checks/policy-rules.js';
import { builtInPackFolder } from '../../../src/clinical/pack.js';
import { canonicalJson } from '../../../src/fixity/canonical-json.js';
import { sha256Hex } from '../../../src/fixity/digest.js';
import { FILE_RULES } from '../../../src/model/file-rules.js';
import { INSPECTION_VERSION } from '../../../src/model/inspection.js';
import { pullWorkspace } from '../../../src/workflow/pull.js';
import { loadPolicy } from '../../../src/workspace/policy.js';
import { openWorkspace, type Workspace } from '../../../src/workspace/workspace.js';
import { fillInspections, fillInstances, type Inspectors } from './instances.js';
import { planImages } from './plan.js';
import { writeTables } from './tables.js';

const CONFIG = `format: 1
dataset:
  id: metadata-scale
  title: Cases that a query made
  description: Rows of cases, studies, series and images without any file, to measure with.
  license: CC-BY-4.0
  url: https://example.org/metadata-scale
  creators: [{name: Colophon}]
sources:
  - {name: images, kind: s3, bucket: metadata-scale, keep: false}
  - {name: clinical, kind: tables, path: incoming/tables}
accept: {table: case, where: "project_id = 'Scale-A1'"}
link: {patient_id: case.submitter_id}
schema: midrc
gate:
  profile: public
  k_anonymity: 3
  small_cell: 3
  quasi_identifiers: [sex]
  t_closeness: 0.3
  unique_trajectories: 1
  uid_roots: ["2.25"]
  patient_id_pattern: '^[0-9]{6}-[0-9]{6}$'
splits:
  fold:
    parts: {train: 0.7, validation: 0.1, test: 0.2}
    balance: [sex, race, covid19_positive, {column: age_at_index, bins: [30, 50, 65, 80]}, modality, site_id]
    seed: 2026
release: {payload: none, base_url: "https://example.org/metadata-scale", git: false}
`;

/**
 * Makes a workspace that knows so many images of which there is no file: its tables are pulled, and the gate has looked at
 * every image. Check, split, cut by reference, query and diff work on it as on a real one.
 */
export async function makeMetadataWorkspace(root: string, instances: number): Promise<Workspace> {
  mkdirSync(join(root, 'schemas'), { recursive: true });
  writeFileSync(join(root, 'colophon.yaml'), CONFIG);
  cpSync(builtInPackFolder('midrc'), join(root, 'schemas'), { recursive: true });
  const workspace = openWorkspace(root);
  const tables = join(root, 'incoming/tables');
  mkdirSync(tables, { recursive: true });
  const catalog = await Catalog.open(workspace.paths.catalog, { folders: [tables] });
  try {
    await planImages(catalog, instances);
    await writeTables(catalog, tables);
    await fillInstances(catalog);
    await fillInspections(catalog, inspectorsOf(workspace), FILE_RULES.header.join(' '));
  } finally {
    catalog.close();
  }
  await pullWorkspace(workspace, { sources: ['clinical'] });
  return workspace;
}

/** The digests of what judges single images in this workspace; see inspect-images.ts. */
function inspectorsOf(workspace: Workspace): Inspectors {
  const policy = loadPolicy(workspace);
  const digest = (stage: string, judges: Record<string, string | number | null>): string => sha256Hex(canonicalJson({ version: INSPECTION_VERSION, stage, ...judges }));
  return {
    header: digest('header', { policy: digestPolicy(policy), known: null }),
    pixels: digest('pixels', { pixels: policy.limits.pixels, inflated: policy.limits.inflated_bytes }),
  };
}
