/** Something that arrives in the workspace: a path below src/demo and where it goes. */
export interface Arrival {
  from: string;
  to: string;
}

/** One step of the demo: what is said, what arrives, and the command that a user would type. */
export interface Scene {
  title: string;
  /** A sentence or two for somebody who sees Colophon for the first time. */
  says: string;
  arrives?: Arrival[];
  command?: string[];
  /** Exit statuses that are right here; 0 by default. */
  exits?: number[];
}

/** The releases' dates are given, as a publisher would, so that every run of the demo cuts the same bytes. */
const FIRST_DATE = '2026-03-02';
const SECOND_DATE = '2026-09-01';

/** The story that the demo tells. */
export const DEMO_SCRIPT: readonly Scene[] = [
  {
    title: 'A workspace',
    says: 'A data steward starts a dataset: configuration with comments, clinical schemas of MIDRC, an empty releases/ folder.',
    command: ['init', '.'],
  },
  {
    title: 'The first batch arrives',
    says: 'Images and clinical tables from four hospitals land in incoming/; colophon.yaml names them. Each file is read once.',
    arrives: [
      { from: 'colophon.yaml', to: 'colophon.yaml' },
      { from: 'sample/first/dicom', to: 'incoming/dicom' },
      { from: 'sample/first/tables', to: 'incoming/tables' },
    ],
    command: ['pull'],
  },
  {
    title: 'The gate',
    says: 'Nothing is published that did not pass: schemas, references, duplicates. What cannot be read is an error.',
    command: ['check'],
  },
  {
    title: 'Four of five cases become public',
    says: 'A balanced split at the level of patients: 80 % open, 20 % kept for testing algorithms.',
    command: ['split', 'assign', 'open-sequestered'],
  },
  {
    title: 'Frozen for ever',
    says: 'From now on no case changes its side; newcomers are placed around those who are there.',
    command: ['split', 'freeze', 'open-sequestered', '--date', FIRST_DATE],
  },
  {
    title: 'A benchmark within the open part',
    says: 'Training, validation and test, drawn among the open cases only, and frozen too.',
    command: ['split', 'assign', 'benchmark'],
  },
  { title: 'Freeze the benchmark', says: 'The record is a CSV whose rows are chained by digest.', command: ['split', 'freeze', 'benchmark', '--date', FIRST_DATE] },
  {
    title: 'The gate on exactly what will be public',
    says: 'The sequestered cases are out now, so the gate judges again: its verdict is bound to the very data, policy and waivers.',
    command: ['check'],
  },
  { title: 'What would be released?', says: 'The number is computed, never typed. Nothing is written yet.', command: ['release', 'plan', '--date', FIRST_DATE] },
  {
    title: 'Release 1.0.0',
    says: 'Checked, staged aside, verified there with the code that researchers run, then renamed into place.',
    command: ['release', 'cut', '--date', FIRST_DATE],
  },
  { title: 'A researcher verifies', says: 'Offline, without trust in the folder: every byte, both ways.', command: ['verify', 'releases/1.0.0'] },
  {
    title: 'Half a year later',
    says: 'A patient takes back consent: whoever has the first release is told at once, by an amendment beside it.',
    command: ['release', 'withdraw', '507734-000598', '--reason', 'consent', '--date', '2026-08-20'],
  },
  {
    title: 'New cases, and a correction',
    says: 'Seven new cases, one released from hold, and a COVID-19 test that turned out to be positive. Only what changed is read.',
    arrives: [
      { from: 'sample/second/dicom', to: 'incoming/dicom' },
      { from: 'sample/second/tables', to: 'incoming/tables' },
    ],
    command: ['pull'],
  },
  {
    title: 'The gate looks ahead',
    says: 'The withdrawn case is judged no more. New cases are judged before they are drawn, so that nothing broken is frozen.',
    command: ['check', '--ahead'],
  },
  { title: 'The split grows', says: 'Frozen cases stay; the newcomers make the whole balanced.', command: ['split', 'assign', 'open-sequestered'] },
  { title: 'Freeze', says: 'Rows are added to the record; the old ones keep their bytes.', command: ['split', 'freeze', 'open-sequestered', '--date', SECOND_DATE] },
  { title: 'The benchmark grows', says: 'The same for training, validation and test.', command: ['split', 'assign', 'benchmark'] },
  { title: 'Freeze', says: 'No test case became a training case.', command: ['split', 'freeze', 'benchmark', '--date', SECOND_DATE] },
  {
    title: 'The gate on the second release',
    says: 'Only images that are new are looked at again. It stops: who compares both releases could single out two newcomers.',
    command: ['check'],
    exits: [1],
  },
  {
    title: 'Somebody decides',
    says: 'A waiver accepts this one finding, with a reason, an approver and an expiry; the release will list it.',
    arrives: [{ from: 'waivers.yaml', to: 'waivers.yaml' }],
    command: ['check'],
  },
  { title: 'Release 2.0.0', says: 'A withdrawal and a changed label make it a major release, whatever anybody would like.', command: ['release', 'cut', '--date', SECOND_DATE] },
  { title: 'What changed?', says: 'At the level of cases, images, tables, cells and splits.', command: ['release', 'diff', '1.0.0', '2.0.0'], exits: [1] },
  { title: 'The new release verifies', says: 'It names the digest of the one before: a chain.', command: ['verify', 'releases/2.0.0'] },
  {
    title: 'The old release, verified again',
    says: 'It never changed, and never will. The amendment beside it tells what was withdrawn since, and which files must go.',
    command: ['verify', 'releases/1.0.0'],
    exits: [5],
  },
];
