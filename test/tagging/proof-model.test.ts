import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { crossValidate, fitNetwork, judgePictures, prepareLessons, type JudgedPicture, type Lesson } from '../support/model/fit-network.js';
import { heldOutPictures, MODEL_FILE, trainingPictures } from '../support/model/make-model.js';
import { readPictures, type LabelledPicture } from '../support/model/training-pictures.js';

const committed = readFileSync(MODEL_FILE);
let pictures: LabelledPicture[];
let lessons: Lesson[];
beforeAll(async () => {
  pictures = trainingPictures();
  lessons = await prepareLessons(pictures);
});
const corpus = process.env.COLOPHON_DICOM_CORPUS;

const wrong = (judged: readonly JudgedPicture[]): string[] => judged.filter(({ right }) => !right).map(({ path }) => path);
const count = (judged: readonly JudgedPicture[], kind: string): number => judged.filter((picture) => picture.kind === kind).length;

describe('the small model of the tests', () => {
  test('is what its script makes of the sample, byte for byte', () => {
    expect(fitNetwork(lessons).equals(committed)).toBe(true);
  });

  test('tells radiographs of patients it has not seen, and a CT localizer is a projection to it', async () => {
    const judged = await judgePictures(committed, heldOutPictures(pictures));
    expect(count(judged, 'radiograph')).toBeGreaterThanOrEqual(7);
    expect(wrong(judged)).toEqual([]);
    const localizers = await judgePictures(committed, pictures.filter(({ kind }) => kind === 'localizer'));
    expect(localizers.length).toBeGreaterThan(0);
    expect(wrong(localizers)).toEqual([]);
  });

  test('fitted to two thirds of the patients, it separates CT slices from radiographs of the others', async () => {
    const judged = await crossValidate(lessons, 3);
    expect([count(judged, 'radiograph'), count(judged, 'ct')]).toEqual([25, 45]);
    expect(wrong(judged).length).toBeLessThanOrEqual(2);
  });

  (corpus === undefined ? test.skip : test)('separates real files of other scanners (COLOPHON_DICOM_CORPUS)', async () => {
    const judged = await judgePictures(committed, readPictures(corpus as string));
    expect(count(judged, 'radiograph')).toBeGreaterThanOrEqual(3);
    expect(count(judged, 'ct')).toBeGreaterThanOrEqual(7);
    expect(wrong(judged)).toEqual([]);
  });
});
