import type { Config } from '../model/config.js';
import { nearMiss } from '../model/near-miss.js';
import { readFlag, type ModelConfig } from '../model/tagging.js';

/** The rules about `models` that the JSON Schema cannot say: names that are unique or known, numbers that fit together. */
export function* modelRules({ models = [] }: Config): Generator<string> {
  const seen = new Set<string>();
  for (const model of models) {
    if (seen.has(model.name)) yield `models: the name \`${model.name}\` is used twice`;
    seen.add(model.name);
    yield* inputRules(model);
    yield* labelRules(model);
    const { agrees_with } = model;
    if (agrees_with !== undefined && Object.values(agrees_with.values).flat().length === 0) yield `models.${model.name}.agrees_with.values: expected a value of ${agrees_with.attribute} with its label`;
  }
}

function* inputRules({ name, input: { scale, channels, ...input } }: ModelConfig): Generator<string> {
  const where = `models.${name}.input`;
  if (scale !== undefined && scale[0] === scale[1]) yield `${where}.scale: expected two different ends, found ${scale.join(' and ')}`;
  for (const key of ['mean', 'deviation'] as const) {
    const numbers = input[key];
    if (numbers !== undefined && numbers.length !== channels) yield `${where}.${key}: expected one number a channel, found ${numbers.length} for ${channels}`;
  }
  if (input.deviation?.includes(0) === true) yield `${where}.deviation: nothing can be divided by 0`;
}

function* labelRules({ name, output: { labels }, agrees_with, flag = [] }: ModelConfig): Generator<string> {
  const twice = labels.find((label, index) => labels.indexOf(label) !== index);
  if (twice !== undefined) yield `models.${name}.output.labels: the label \`${twice}\` is there twice`;
  const used = [
    ...Object.entries(agrees_with?.values ?? {}).flatMap(([value, wanted]) => [wanted].flat().map((label) => ({ where: `agrees_with.values.${value}`, label }))),
    ...flag.map((entry) => ({ where: 'flag', label: readFlag(entry).label })),
  ];
  for (const { where, label } of used) {
    if (labels.includes(label)) continue;
    const guess = nearMiss(label, labels);
    yield `models.${name}.${where}: no label \`${label}\`; ${guess ? `did you mean \`${guess}\`?` : `known: ${labels.join(', ')}`}`;
  }
}
