import { describe, expect, test } from '@jest/globals';
import { classifyPixelRisk, type RiskAttributes } from '../../src/pixels/pixel-risk.js';

const CT: RiskAttributes = {
  modality: 'CT',
  sopClass: '1.2.840.10008.5.1.4.1.1.2',
  imageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'],
  conversionType: '',
  seriesDescription: 'THORAX 1.0 B70f',
  model: 'Sensation 16',
  rows: 512,
  columns: 512,
  samplesPerPixel: 1,
  burnedIn: 'NO',
  methods: [],
};

describe('classes of risk', () => {
  test.each<[string, Partial<RiskAttributes>, string[]]>([
    ['a device image is in none', {}, []],
    ['a radiograph is in none', { modality: 'DX', sopClass: '1.2.840.10008.5.1.4.1.1.1.1', rows: 2000, columns: 1600 }, []],
    ['ultrasound, by modality and class', { modality: 'US', sopClass: '1.2.840.10008.5.1.4.1.1.6.1' }, ['Modality', 'SOPClassUID']],
    ['a secondary capture of several frames', { sopClass: '1.2.840.10008.5.1.4.1.1.7.4' }, ['SOPClassUID']],
    ['a class that only begins with the same digits', { sopClass: '1.2.840.10008.5.1.4.1.1.78.1' }, []],
    ['a screen save', { imageType: ['DERIVED', 'SECONDARY', 'SCREEN SAVE'] }, ['ImageType']],
    ['a dose report', { seriesDescription: 'Dose Report', imageType: ['DERIVED', 'SECONDARY'] }, ['ImageType', 'SeriesDescription']],
    ['a localizer, whose form says nothing more', { imageType: ['ORIGINAL', 'PRIMARY', 'LOCALIZER'], rows: 888, columns: 512 }, ['ImageType']],
    ['a digitised film', { conversionType: 'DF', seriesDescription: 'old films' }, ['ConversionType', 'SeriesDescription']],
    ['a derived image of no device', { imageType: ['DERIVED', 'PRIMARY'], model: '' }, ['ManufacturerModelName']],
    ['an original image of no device', { model: '' }, []],
    ['colour in CT', { samplesPerPixel: 3 }, ['SamplesPerPixel']],
    ['a CT picture that is no square', { rows: 600, columns: 800 }, ['Rows']],
    ['declared text', { burnedIn: 'YES' }, ['BurnedInAnnotation']],
  ])('%s', (_what, change, expected) => expect(classifyPixelRisk({ ...CT, ...change }).map(({ keyword }) => keyword)).toEqual(expected));
});
