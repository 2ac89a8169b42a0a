import type { FileInspection, HeaderFacts } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { createTextScanner } from '../text/scan.js';
import { createFileTask, type InspectionItem } from './file-task.js';
import { HeaderJudge } from './header-judge.js';
import { readKnownIdentifiers } from './known-identifiers.js';

/** What the task is made with. */
export interface HeaderTaskData {
  root: string;
  policy: GatePolicy;
  /** Absolute path of the list of known identifiers; null: none is configured. */
  knownIdentifiers: string | null;
}

/** Every rule about a single file that needs no decoded pixels. */
export function createTask({ root, policy, knownIdentifiers }: HeaderTaskData): (item: InspectionItem) => FileInspection<HeaderFacts> {
  const known = knownIdentifiers === null ? null : readKnownIdentifiers(knownIdentifiers);
  const judge = new HeaderJudge(policy, { scan: createTextScanner(policy), known });
  return createFileTask(root, policy.limits.inflated_bytes, (file, report, path) => judge.judge(path, file, report));
}
