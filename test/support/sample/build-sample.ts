import { chooseChanges, type Changes } from './clinical-course.js';
import { clinicalTables, type CaseRecord } from './clinical-rows.js';
import { inventCohort, siteProject, type Patient } from './cohort.js';
import { makeImages, type ImageSeries } from './image-files.js';
import { PictureMaker } from './picture.js';
import type { SourceFrames } from './source-frames.js';
import { writeTables } from './table-files.js';

/** Path below the sample to bytes: `first/` whole, `second/` only what it adds or replaces. */
export type SampleFiles = Map<string, Buffer>;

/** Builds both states of the sample; the same frames give the same bytes. */
export async function buildSample(frames: SourceFrames): Promise<SampleFiles> {
  const cohort = inventCohort();
  const changes = chooseChanges(cohort);
  const maker = new PictureMaker(frames);
  const images = new Map(cohort.map((patient, position) => [patient, makeImages(patient, maker, position)]));
  const first = await stateFiles(firstState(images));
  const second = await stateFiles(secondState(images, changes));
  const files: SampleFiles = new Map();
  for (const [path, bytes] of first) files.set(`first/${path}`, bytes);
  for (const [path, bytes] of second) {
    if (first.get(path)?.equals(bytes) !== true) files.set(`second/${path}`, bytes);
  }
  files.set('second/withdrawals.yaml', Buffer.from(withdrawals(changes)));
  return files;
}

function firstState(images: ReadonlyMap<Patient, ImageSeries[]>): CaseRecord[] {
  const arrived = [...images].filter(([{ arrives }]) => arrives === 'first');
  return arrived.map(([patient, series]) => ({ patient, project: patient.project, covid: patient.covid, series }));
}

function secondState(images: ReadonlyMap<Patient, ImageSeries[]>, { corrected, released }: Changes): CaseRecord[] {
  return [...images].map(([patient, series]) => ({
    patient,
    project: patient.caseId === released ? siteProject(patient.siteId) : patient.project,
    covid: patient.caseId === corrected ? 'Yes' : patient.covid,
    series,
  }));
}

async function stateFiles(records: readonly CaseRecord[]): Promise<Map<string, Buffer>> {
  const tables = await writeTables(clinicalTables(records));
  const images = records.flatMap(({ series }) => series.flatMap(({ files }) => [...files]));
  return new Map([...images.map(([path, bytes]) => [`dicom/${path}`, bytes] as const), ...[...tables].map(([path, bytes]) => [`tables/${path}`, bytes] as const)]);
}

function withdrawals({ withdrawn }: Changes): string {
  return `withdrawals:
  - case_id: ${withdrawn}
    reason: consent
    date: 2026-05-18
    note: The site reports that consent was taken back; the sources keep the files until their next purge.
`;
}
