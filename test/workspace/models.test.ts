import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import type { ModelConfig } from '../../src/model/tagging.js';
import { openWorkspace } from '../../src/workspace/workspace.js';
import { brightnessConfig } from '../support/model/brightness-network.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
const { input, output } = brightnessConfig();

function open(...models: object[]): string {
  const root = makeFolder();
  writeFileSync(join(root, 'colophon.yaml'), JSON.stringify({ dataset: { id: 'd', title: 'D', license: 'CC0-1.0' }, sources: [{ name: 'i', kind: 'dicom-folder', path: 'dicom' }], models }));
  try {
    openWorkspace(root);
    return 'valid';
  } catch (error) {
    return error instanceof Error ? error.message : 'thrown';
  }
}

test('every key of a model', () => {
  const whole: ModelConfig = brightnessConfig({
    sha256: 'a'.repeat(64),
    input: { ...input, channels: 3, layout: 'nhwc', scale: [-1, 1], fit: 'crop', mean: [0, 0, 0], deviation: [1, 1, 1], name: 'picture' },
    output: { ...output, activation: 'sigmoid', several: false, name: 'kinds' },
    modalities: ['CR', 'DX'],
    agrees_with: { attribute: 'ViewPosition', values: { PA: 'dark', AP: ['bright', 'dark'] } },
    flag: ['dark', { label: 'bright', level: 'error' }],
  });
  expect(open(whole, brightnessConfig({ name: 'other', input: { ...input, window: 'percentile' } }))).toBe('valid');
});

test.each<[string, object, RegExp]>([
  ['a name that is no word', { name: 'View Model' }, /models\.0\.name must match pattern/],
  ['a digest that is none', { sha256: 'abc' }, /models\.0\.sha256 must match pattern/],
  ['no labels', { output: { ...output, labels: [] } }, /must have at least 1 entry, found 0/],
  ['a label twice', { output: { ...output, labels: ['dark', 'dark'] } }, /the label `dark` is there twice/],
  ['two channels', { input: { ...input, channels: 2 } }, /channels must be one of 1, 3/],
  ['no size', { input: { ...input, width: 0 } }, /width must be at least 1, found 0/],
  ['a window without width', { input: { ...input, window: { center: 0, width: 0 } } }, /width must be above 0, found 0/],
  ['a scale that is a point', { input: { ...input, scale: [1, 1] } }, /expected two different ends/],
  ['a scale of three', { input: { ...input, scale: [1, 2, 3] } }, /must have at most 2 entries, found 3/],
  ['a mean of another length', { input: { ...input, mean: [0, 0] } }, /one number a channel, found 2 for 1/],
  ['a division by nothing', { input: { ...input, deviation: [0] } }, /divided by 0/],
  ['a label that is none', { flag: ['drak'] }, /models\.light\.flag: no label `drak`; did you mean `dark`\?/],
  ['a header value of an unknown label', { agrees_with: { attribute: 'Modality', values: { CR: 'radiograph' } } }, /agrees_with\.values\.CR: no label `radiograph`; known: bright, dark/],
  ['no header value', { agrees_with: { attribute: 'Modality', values: {} } }, /expected a value of Modality with its label/],
  ['an attribute that is not compared', { agrees_with: { attribute: 'PatientName', values: { A: 'dark' } } }, /must be one of ViewPosition, Modality/],
  ['an unknown key', { labels: ['a'] }, /unknown key `labels` in models\.0/],
])('%s is refused', (_what, change, message) => {
  expect(open({ ...brightnessConfig(), ...change })).toMatch(message);
});

test('two models of one name are refused', () => {
  expect(open(brightnessConfig(), brightnessConfig())).toMatch(/the name `light` is used twice/);
});
