/**
 * Makes the small model of the tests, which tells radiographs from CT slices, and says how well it does on files it has
 * not seen: `npm run build && node dist/test/support/model/make-model.js`. It is fitted to the first state of the demo's
 * sample; patients of the second state, and real files where COLOPHON_DICOM_CORPUS names a folder, are held out.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { PACKAGE_ROOT } from '../../../src/package-root.js';
import { crossValidate, fitNetwork, judgePictures, patientOf, prepareLessons, type JudgedPicture } from './fit-network.js';
import { readPictures, type LabelledPicture } from './training-pictures.js';

/** The model as it is committed. */
export const MODEL_FILE = join(PACKAGE_ROOT, 'test/fixtures/models/kind.onnx');

const sample = (state: string): LabelledPicture[] => readPictures(join(PACKAGE_ROOT, 'src/demo/sample', state, 'dicom'));

/** Pictures that the model is fitted to. */
export function trainingPictures(): LabelledPicture[] {
  return sample('first');
}

/** Pictures of patients that the model has not seen; the second state also delivers new files of some that it has. */
export function heldOutPictures(training: readonly LabelledPicture[]): LabelledPicture[] {
  const seen = new Set(training.map(patientOf));
  return sample('second').filter((picture) => !seen.has(patientOf(picture)));
}

function printAccuracy(title: string, judged: readonly JudgedPicture[]): void {
  for (const kind of ['radiograph', 'ct', 'localizer'] as const) {
    const of = judged.filter((picture) => picture.kind === kind);
    if (of.length > 0) process.stdout.write(`${title}: ${of.filter(({ right }) => right).length} of ${of.length} ${kind} right\n`);
  }
  for (const { path, verdict, kind, right } of judged)
    if (title.startsWith('real') || !right) process.stdout.write(`  ${right ? 'right' : 'WRONG'} ${kind} ${verdict.scores.map((score) => score.toFixed(3)).join(' / ')}  ${path}\n`);
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) {
  const training = trainingPictures();
  const lessons = await prepareLessons(training);
  const model = fitNetwork(lessons);
  mkdirSync(dirname(MODEL_FILE), { recursive: true });
  writeFileSync(MODEL_FILE, model);
  process.stdout.write(`${MODEL_FILE.slice(PACKAGE_ROOT.length + 1)}: ${model.length} bytes\n`);
  printAccuracy('fitted to', await judgePictures(model, training));
  printAccuracy('held out by patient, three folds', await crossValidate(lessons, 3));
  printAccuracy('held out', await judgePictures(model, heldOutPictures(training)));
  const corpus = process.env.COLOPHON_DICOM_CORPUS;
  if (corpus !== undefined) printAccuracy('real files', await judgePictures(model, readPictures(corpus)));
}
