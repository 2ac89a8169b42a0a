import { join } from 'node:path';
import { parseDicomFile, type DicomFile } from '../dicom/dicom-file.js';
import type { FileInspection } from '../model/inspection.js';
import { FileFindings } from './file-findings.js';
import { SourceReader, type KnownFile } from './open-source.js';

/** A file to look at, relative to the root that the task was made with. */
export interface InspectionItem extends KnownFile {
  path: string;
}

/** Looks at one parsed file: adds to the report and returns the facts of its stage, null for none. */
export type Look<Facts> = (file: DicomFile, report: FileFindings, path: string) => Facts | null;

/**
 * Makes the function that a worker thread runs over files: opens the file that was pulled, parses it, and looks at it.
 * @param inflatedBytes a deflated data set is inflated to so many bytes at most
 */
export function createFileTask<Facts>(root: string, inflatedBytes: number, look: Look<Facts>): (item: InspectionItem) => FileInspection<Facts> {
  const reader = new SourceReader();
  return (item) => {
    const outcome = reader.withFile(join(root, item.path), item, (source) => {
      const file = parseDicomFile(source, inflatedBytes);
      return 'reason' in file ? failedInspection<Facts>(item.path, 'The file holds no data set.') : lookSafely(item.path, file, look);
    });
    return 'failure' in outcome ? failedInspection(item.path, outcome.failure) : outcome.result;
  };
}

/** A rule that fails on one file must not pass it, nor keep a million others from being judged. */
function lookSafely<Facts>(path: string, file: DicomFile, look: Look<Facts>): FileInspection<Facts> {
  const report = new FileFindings();
  try {
    const facts = look(file, report, path);
    return { path, outcome: 'judged', reason: null, applied: report.applied(), findings: report.list(), facts };
  } catch (error) {
    return failedInspection(path, `A rule failed on the file (${error instanceof Error ? error.name : 'unknown'}).`);
  }
}

/** Nothing may be concluded from the file, for a reason. */
export function failedInspection<Facts>(path: string, reason: string): FileInspection<Facts> {
  return { path, outcome: 'failed', reason, applied: '', findings: [], facts: null };
}
