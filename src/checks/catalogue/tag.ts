import type { CodeEntry } from '../code-entry.js';

/** What models say of images. Rules in the order of their ids. */
export const TAG_ENTRIES = [
  {
    code: 'TAG-001',
    group: 'TAG',
    level: 'warning',
    title: 'The view that a model sees is the one that ViewPosition names',
    why: 'A PA film that is called AP, or a lateral one among frontal ones, teaches an algorithm the wrong anatomy.',
    mend: 'Look at the image: correct the header at its source, or waive the finding when the model is wrong.',
    source: 'own; P3.3 C.8.11.5 View Position',
    waivable: true,
  },
  {
    code: 'TAG-002',
    group: 'TAG',
    level: 'warning',
    title: 'What a model sees agrees with modality, body part and laterality in the header',
    why: 'Body parts and modalities are typed or defaulted at the scanner, and are wrong in a share of every archive.',
    mend: 'Look at the image: correct the header at its source, or waive the finding when the model is wrong.',
    source: 'own; Gueld et al., Proc. SPIE 4685 (2002) found 15 % of body parts wrong',
    waivable: true,
  },
  {
    code: 'TAG-003',
    group: 'TAG',
    level: 'warning',
    title: 'No image has a tag that the configuration flags',
    why: 'An image that is inverted, or shows no chest at all, does not belong where its header puts it.',
    mend: 'Look at the image: remove or mend it at its source, or waive the finding when the model is wrong.',
    source: 'own: models[].flag of colophon.yaml gives labels and levels',
    waivable: true,
  },
  {
    code: 'TAG-004',
    group: 'TAG',
    level: 'warning',
    title: 'Every image that a model judges has a tag of that model as it is configured now',
    why: 'A tag of another version, or of bytes that were replaced, says nothing about this image; it is neither checked, balanced on nor published.',
    mend: 'Ask the models again: colophon tag.',
    source: 'own',
    waivable: true,
  },
] as const satisfies readonly CodeEntry[];
