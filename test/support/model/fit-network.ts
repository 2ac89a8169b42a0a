import type { ModelInput, ModelOutput } from '../../../src/model/tagging.js';
import { preparePicture } from '../../../src/tagging/prepare.js';
import { ModelSession } from '../../../src/tagging/session.js';
import { judgeOutput, type Verdict } from '../../../src/tagging/verdict.js';
import { shareBytes } from './brightness-network.js';
import { fitLogistic } from './logistic.js';
import { FEATURES, LABELS, SIDE, writeNetwork, type LastLayer } from './projection-network.js';
import { vary, type LabelledPicture } from './training-pictures.js';

/** How the network is configured: what colophon.yaml would say. */
export const INPUT: ModelInput = { width: SIDE, height: SIDE, channels: 1, window: 'percentile' };
export const OUTPUT: ModelOutput = { labels: [...LABELS], activation: 'softmax' };

const PENALTY = 0.01;

/** Weights are rounded to so many decimals, so that the last bit of a machine's arithmetic does not show. */
const DECIMALS = 4;

/** A picture to learn from: what the fixed layers of the network give for each of its variants. */
export interface Lesson {
  picture: LabelledPicture;
  variants: number[][];
}

/** Lessons of pictures; localizers are not learned from. */
export async function prepareLessons(pictures: readonly LabelledPicture[]): Promise<Lesson[]> {
  const session = await loadModel(writeNetwork(null), { labels: Array.from({ length: FEATURES }, (_, at) => String(at)), activation: 'none' });
  const lessons: Lesson[] = [];
  for (const picture of pictures) {
    if (picture.kind === 'localizer') continue;
    const variants: number[][] = [];
    for (const variant of vary(picture.picture)) variants.push(Array.from(await session.run(preparePicture(variant, INPUT))));
    lessons.push({ picture, variants });
  }
  return lessons;
}

/** The network with its last layer fitted to lessons; both kinds weigh the same. */
export function fitNetwork(lessons: readonly Lesson[]): Buffer {
  const examples = lessons.flatMap(({ picture: { kind }, variants }) => {
    const weight = 1 / lessons.filter((other) => other.picture.kind === kind).length;
    return variants.map((features) => ({ features, positive: kind === 'ct', weight }));
  });
  return writeNetwork(toLastLayer(fitLogistic(examples, PENALTY)));
}

/** Softmax of (-score / 2, score / 2) is the logistic of the score. */
function toLastLayer({ weights, bias }: { weights: number[]; bias: number }): LastLayer {
  const half = (value: number): number => Number((value / 2).toFixed(DECIMALS));
  return { weights: weights.flatMap((weight) => [-half(weight), half(weight)]), bias: [-half(bias), half(bias)] };
}

function loadModel(bytes: Buffer, output: ModelOutput): Promise<ModelSession> {
  return ModelSession.load({ name: 'kind', input: INPUT, output, bytes: shareBytes(bytes) });
}

/** A picture with what the network says of it. */
export interface JudgedPicture extends LabelledPicture {
  verdict: Verdict;
  /** Whether the best label is what the header says; a localizer is a projection and should look like a radiograph. */
  right: boolean;
}

/** What a network says of pictures. */
export async function judgePictures(model: Buffer, pictures: readonly LabelledPicture[]): Promise<JudgedPicture[]> {
  const session = await loadModel(model, OUTPUT);
  const judged: JudgedPicture[] = [];
  for (const each of pictures) {
    const verdict = judgeOutput(await session.run(preparePicture(each.picture, INPUT)), OUTPUT);
    if (verdict === null) throw new Error(`no scores for ${each.path}`);
    judged.push({ ...each, verdict, right: verdict.tags[0]?.label === (each.kind === 'ct' ? 'ct' : 'radiograph') });
  }
  return judged;
}

/** What networks fitted without a patient say of that patient's pictures; patients are dealt into folds. */
export async function crossValidate(lessons: readonly Lesson[], folds: number): Promise<JudgedPicture[]> {
  const patients = [...new Set(lessons.map(({ picture }) => patientOf(picture)))].sort();
  const judged: JudgedPicture[] = [];
  for (let fold = 0; fold < folds; fold += 1) {
    const isHeldOut = ({ picture }: Lesson): boolean => patients.indexOf(patientOf(picture)) % folds === fold;
    const model = fitNetwork(lessons.filter((lesson) => !isHeldOut(lesson)));
    judged.push(...(await judgePictures(model, lessons.filter(isHeldOut).map(({ picture }) => picture))));
  }
  return judged;
}

/** The patient of a picture: the first folder of its path. */
export function patientOf({ path }: LabelledPicture): string {
  return path.split('/')[0] ?? '';
}
