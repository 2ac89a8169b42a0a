import { join } from 'node:path';
import { parseDicomFile, type DicomFile } from '../dicom/dicom-file.js';
import type { FileInspection, ImageFacts } from '../model/inspection.js';
import type { GatePolicy } from '../model/policy.js';
import { FileFindings } from './file-findings.js';
import { HeaderJudge } from './header-judge.js';
import { readKnownIdentifiers } from './known-identifiers.js';
import { createScan } from './scan-text.js';
import { SourceReader, type KnownFile } from './open-source.js';

/** A file to look at, relative to the root that the task was made with. */
export interface InspectionItem extends KnownFile {
  path: string;
}

/** What the task is made with. */
export interface InspectionTaskData {
  root: string;
  policy: GatePolicy;
  /** Absolute path of the list of known identifiers; null: none is configured. */
  knownIdentifiers: string | null;
}

const NO_FACTS: ImageFacts = { pixel_probe: null, referenced_instances: [], rare_candidates: [] };

/** Makes the function that a worker thread runs over files: every rule about a single file that needs no decoded pixels. */
export function createTask({ root, policy, knownIdentifiers }: InspectionTaskData): (item: InspectionItem) => FileInspection {
  const reader = new SourceReader();
  const judge = new HeaderJudge(policy, { scan: createScan(policy), known: knownIdentifiers === null ? null : readKnownIdentifiers(knownIdentifiers) });
  return (item) => {
    const outcome = reader.withFile(join(root, item.path), item, (source) => {
      const file = parseDicomFile(source, policy.limits.inflated_bytes);
      if ('reason' in file) return null;
      return judgeSafely(judge, item.path, file);
    });
    if ('failure' in outcome) return failed(item.path, outcome.failure);
    return outcome.result ?? failed(item.path, 'The file holds no data set.');
  };
}

/** A rule that fails on one file must not pass it, nor keep a million others from being judged. */
function judgeSafely(judge: HeaderJudge, path: string, file: DicomFile): FileInspection {
  const report = new FileFindings();
  try {
    const facts = judge.judge(path, file, report);
    return { path, outcome: 'judged', reason: null, applied: report.applied(), findings: report.list(), facts };
  } catch (error) {
    return failed(path, `A rule failed on the file (${error instanceof Error ? error.name : 'unknown'}).`);
  }
}

function failed(path: string, reason: string): FileInspection {
  return { path, outcome: 'failed', reason, applied: '', findings: [], facts: NO_FACTS };
}
