import { EXIT } from '../errors.js';
import type { ReleasePlan } from '../model/release-reports.js';
import type { ExtensionPlan } from '../model/split-extension.js';
import { reportsOf, type SplitReport, type SplitReportResult } from '../model/split.js';

// The command ends with the status that `runs` keeps of it: so both ask here.

/** Of a plan: findings when something stands in the way of a cut, or nothing changed. */
export function planStatus({ blocked, version }: ReleasePlan): number {
  return findingsIf(blocked.length > 0 || version === null);
}

/** Of a draw: findings when cases that belong together are frozen in two parts. */
export function drawStatus(result: SplitReportResult): number {
  return findingsIf(reportsOf(result).some(isInConflict));
}

/** Of a draw that was only tried. */
export function previewStatus({ after }: ExtensionPlan): number {
  return findingsIf(isInConflict(after));
}

/** Of a report on a split: findings when parts share something, or as for a draw. */
export function reportStatus(result: SplitReportResult): number {
  return findingsIf(reportsOf(result).some((report) => isInConflict(report) || leaks(report)));
}

/** Of an imported history: findings when it tears cases apart that belong together. */
export function importStatus({ torn }: { torn: readonly unknown[] }): number {
  return findingsIf(torn.length > 0);
}

function isInConflict({ conflicts }: SplitReport): boolean {
  return conflicts.length > 0;
}

function leaks({ leakage: { groups, patients, studies, instances } }: SplitReport): boolean {
  return groups + patients + studies + instances > 0;
}

function findingsIf(found: boolean): number {
  return found ? EXIT.findings : EXIT.done;
}
