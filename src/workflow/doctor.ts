import { defaultEffects, type Effects } from '../effects.js';
import { CurationError } from '../errors.js';
import type { DoctorProbe, DoctorReport, DoctorSummary } from '../model/doctor.js';
import type { Workspace } from '../workspace/workspace.js';
import { judgeClock } from './doctor/clock.js';
import { engineProbes, type EngineWish } from './doctor/engines.js';
import { INSTALLATION } from './doctor/installation.js';
import { failedBy, runProbe, type Probe } from './doctor/probe.js';
import { PROGRAM_PROBES } from './doctor/programs.js';
import { sourceProbes } from './doctor/sources.js';
import { workspaceProbes } from './doctor/workspace.js';
import { readTool } from './tool.js';

/** What is to be looked at. */
export interface DoctorOptions extends EngineWish {
  /** Absolute path of the workspace; null: there is none, and only the installation and the engines are looked at. */
  root: string | null;
  /** Opens that workspace. @throws {CurationError} */
  open(): Workspace;
}

/**
 * Tries what this program needs: installation, workspace, sources, engines, each for real and all at once. Nothing is changed but for a
 * probe file below .colophon, which is removed.
 */
export async function examine(options: DoctorOptions, effects: Effects = defaultEffects): Promise<DoctorReport> {
  const clock: Probe = { area: 'installation', what: 'clock', run: () => judgeClock(effects.now()) };
  const listed = [...INSTALLATION, clock, ...PROGRAM_PROBES, ...ofWorkspace(options), ...engineProbes(options)];
  const probes = (await Promise.all(listed.map(runProbe))).flat();
  const summary = summarise(probes);
  return { ok: summary.failed === 0, version: readTool().version, workspace: options.root, summary, probes };
}

/** A workspace that cannot be opened is a finding like any other. */
function ofWorkspace({ root, open }: DoctorOptions): Probe[] {
  if (root === null) return [{ area: 'workspace', what: 'colophon.yaml', run: () => ({ outcome: 'skipped', found: 'no workspace here', next: 'Make one with `colophon init DIR`, or name one with `--workspace DIR`.' }) }];
  try {
    const workspace = open();
    return [...workspaceProbes(workspace), ...sourceProbes(workspace)];
  } catch (error) {
    if (!(error instanceof CurationError)) throw error;
    return [{ area: 'workspace', what: 'colophon.yaml', run: () => failedBy(error) }];
  }
}

function summarise(probes: readonly DoctorProbe[]): DoctorSummary {
  const summary: DoctorSummary = { ok: 0, warning: 0, failed: 0, skipped: 0 };
  for (const { outcome } of probes) summary[outcome] += 1;
  return summary;
}
