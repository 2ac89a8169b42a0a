import type { ModelInput, ModelOutput } from '../../../src/model/tagging.js';
import { preparePicture } from '../../../src/tagging/prepare.js';
import { ModelSession } from '../../../src/tagging/session.js';
import { judgeOutput, type Verdict } from '../../../src/tagging/verdict.js';
import { fitLogistic, type Example } from './logistic.js';
import { FEATURES, LABELS, SIDE, writeNetwork, type LastLayer } from './projection-network.js';
import { vary, type LabelledPicture } from './training-pictures.js';

/** How the network is configured: what colophon.yaml would say. */
export const INPUT: ModelInput = { width: SIDE, height: SIDE, channels: 1, window: 'percentile' };
export const OUTPUT: ModelOutput = { labels: [...LABELS], activation: 'softmax' };

const PENALTY = 0.01;

/** Weights are rounded to so many decimals, so that the last bit of a machine's arithmetic does not show. */
const DECIMALS = 4;

/** The network with its last layer fitted to pictures, localizers left out; both kinds weigh the same. */
export async function fitNetwork(pictures: readonly LabelledPicture[]): Promise<Buffer> {
  const shown = pictures.filter(({ kind }) => kind !== 'localizer');
  const session = await loadModel(writeNetwork(null), { labels: Array.from({ length: FEATURES }, (_, at) => String(at)), activation: 'none' });
  const examples: Example[] = [];
  for (const { picture, kind } of shown) {
    const weight = 1 / shown.filter((other) => other.kind === kind).length;
    for (const variant of vary(picture)) examples.push({ features: Array.from(await session.run(preparePicture(variant, INPUT))), positive: kind === 'ct', weight });
  }
  return writeNetwork(toLastLayer(fitLogistic(examples, PENALTY)));
}

/** Softmax of (-score / 2, score / 2) is the logistic of the score. */
function toLastLayer({ weights, bias }: { weights: number[]; bias: number }): LastLayer {
  const half = (value: number): number => Number((value / 2).toFixed(DECIMALS));
  return { weights: weights.flatMap((weight) => [-half(weight), half(weight)]), bias: [-half(bias), half(bias)] };
}

/** Loads a model from bytes. */
export function loadModel(bytes: Buffer, output: ModelOutput): Promise<ModelSession> {
  const shared = new SharedArrayBuffer(bytes.length);
  new Uint8Array(shared).set(bytes);
  return ModelSession.load({ name: 'kind', input: INPUT, output, bytes: shared });
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
