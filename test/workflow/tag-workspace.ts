import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultEffects } from '../../src/effects.js';
import type { CheckReport } from '../../src/model/check.js';
import type { ModelConfig } from '../../src/model/tagging.js';
import { pullWorkspace } from '../../src/workflow/pull.js';
import { refreshReleaseCases } from '../../src/workflow/release-cases.js';
import { withSession } from '../../src/workflow/session.js';
import { keepVerdict } from '../../src/workflow/verdict.js';
import { loadPolicy } from '../../src/workspace/policy.js';
import { openWorkspace, type Workspace } from '../../src/workspace/workspace.js';
import { brightnessBytes, brightnessConfig } from '../support/model/brightness-network.js';
import { radiograph } from '../support/model/gray-image.js';
import { writeFiles } from './pull-workspace.js';

/** A clock that stands still. */
export const EFFECTS = { ...defaultEffects, now: () => new Date('2026-03-02T12:00:00Z') };

/** A pulled workspace of six radiographs of six patients, three dark (PA) and three bright (AP), with the model that tells them. */
export async function makeTaggable(root: string): Promise<void> {
  for (let n = 1; n <= 6; n += 1) writeFiles(root, { [`dicom/${n}.dcm`]: radiograph(`P${n}`, n, n <= 3 ? 10 : 190, n <= 3 ? 'PA' : 'AP') });
  writeFiles(root, { 'models/light.onnx': brightnessBytes() });
  mkdirSync(join(root, 'splits'));
  await pullWorkspace(configure(root), { jobs: 1 }, EFFECTS);
}

/** Keeps a verdict as if the gate had passed on what would be released now: what these tests are about is not the gate. */
export function passGate(workspace: Workspace): Promise<void> {
  return withSession(workspace, 'checking', EFFECTS, async (session) => {
    await refreshReleaseCases(session, true);
    const policy = loadPolicy(workspace);
    const summary = { errors: 0, warnings: 0, infos: 0, waived: 0, checked: {} };
    const report: CheckReport = { verdict: 'pass', summary, findings: [], groups: [], waived: [], checks: [], only: [], not_checked: [], date: '2026-03-02', policy_digest: 'a'.repeat(64) };
    await keepVerdict(session, policy, report);
  });
}

/** Writes colophon.yaml with the model, changed or (null) left out, and opens the workspace. */
export function configure(root: string, model: Partial<ModelConfig> | null = {}, more: object = {}): Workspace {
  const models = model === null ? {} : { models: [brightnessConfig({ agrees_with: { attribute: 'ViewPosition', values: { PA: 'dark', AP: 'bright' } }, ...model })] };
  const config = { dataset: { id: 'test', title: 'Test', license: 'CC0-1.0' }, sources: [{ name: 'images', kind: 'dicom-folder', path: 'dicom' }], ...models, ...more };
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify(config));
  return openWorkspace(root);
}
