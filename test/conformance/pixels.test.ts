import { describe, expect, test } from '@jest/globals';
import { writeDicom, writeElements, type DicomElement } from '../support/dicom-writer.js';
import { ctSlice, judgeBytes, judgeFile, summary, withElements } from './ct-slice.js';

const JPEG_BASELINE = '1.2.840.10008.1.2.4.50';
const JPEG_LOSSLESS = '1.2.840.10008.1.2.4.70';
const JPEG_LS_NEAR = '1.2.840.10008.1.2.4.81';
const JPEG_2000 = '1.2.840.10008.1.2.4.91';
const RLE = '1.2.840.10008.1.2.5';
const MPEG = '1.2.840.10008.1.2.4.102';

const us = (tag: string, value: number): DicomElement => ({ tag, vr: 'US', value: [value] });
const frames = (count: number): DicomElement => ({ tag: '00280008', vr: 'IS', value: String(count) });

function pixels(...elements: DicomElement[]): string[] {
  return summary(judgeFile({ elements: withElements(...elements) }).filter(({ code }) => code === 'DCM-011'));
}

function item(bytes: Buffer): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt16LE(0xfffe, 0);
  header.writeUInt16LE(0xe000, 2);
  header.writeUInt32LE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function table(...offsets: number[]): Buffer {
  const bytes = Buffer.alloc(offsets.length * 4);
  offsets.forEach((offset, at) => bytes.writeUInt32LE(offset, at * 4));
  return bytes;
}

/** Findings about encapsulated pixels: an offset table and fragments. */
function encapsulated(transferSyntax: string, pieces: Buffer[], ...elements: DicomElement[]): string[] {
  const value = Buffer.concat(pieces.map(item));
  const file = { transferSyntax, elements: withElements(...elements, { tag: '7fe00010', vr: 'OB', value, undefinedLength: true }) };
  return summary(judgeFile(file).filter(({ code }) => code === 'DCM-011' || code === 'DCM-012' || code === 'DCM-013'));
}

const NONE = Buffer.alloc(0);
/** A JPEG stream as far as its first segments; enough to tell a frame's start. */
const jpeg = (...segments: Buffer[]): Buffer => Buffer.concat([Buffer.from([0xff, 0xd8]), ...segments]);
const segment = (code: number, bytes: number[]): Buffer => Buffer.from([0xff, code, 0, bytes.length + 2, ...bytes]);
const cod = (transformation: number): Buffer => Buffer.from([0xff, 0x4f, 0xff, 0x52, 0, 12, 0, 0, 0, 1, 1, 5, 4, 4, 0, transformation]);

describe('DCM-011, native', () => {
  test('length: shorter, longer, by frames', () => {
    const data = (length: number): DicomElement => ({ tag: '7fe00010', vr: 'OW', value: Buffer.alloc(length) });
    expect(pixels(data(6))).toEqual(['DCM-011 PixelData']);
    expect(pixels(data(10))).toEqual(['DCM-011 PixelData']);
    expect(pixels(us('00280010', 3))).toEqual(['DCM-011 PixelData']);
    expect(pixels(frames(2), data(16))).toEqual([]);
    expect(pixels(frames(2), data(8))).toEqual(['DCM-011 PixelData']);
  });

  test('an odd number of bytes is padded; bits are packed over all frames', () => {
    const size = [us('00280010', 3), us('00280011', 3)];
    const small = [...size, us('00280101', 8), us('00280102', 7)];
    expect(pixels(...small, us('00280100', 8), { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(10) })).toEqual([]);
    expect(pixels(...small, us('00280100', 8), { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(12) })).toEqual(['DCM-011 PixelData']);
    const bits = [us('00280100', 1), us('00280101', 1), us('00280102', 0)];
    // 3 x 3 pixels, 5 frames: 45 bits are 6 bytes.
    expect(pixels(...size, ...bits, frames(5), { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(6) })).toEqual([]);
    expect(pixels(...size, ...bits, frames(5), { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(10) })).toEqual(['DCM-011 PixelData']);
  });

  test('samples, and chrominance of every second column', () => {
    const colour = [us('00280002', 3), us('00280006', 0), us('00280100', 8), us('00280101', 8), us('00280102', 7)];
    expect(pixels(...colour, { tag: '00280004', vr: 'CS', value: 'RGB' }, { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(12) })).toEqual([]);
    expect(pixels(...colour, { tag: '00280004', vr: 'CS', value: 'YBR_FULL_422' }, { tag: '7fe00010', vr: 'OB', value: Buffer.alloc(8) })).toEqual([]);
  });

  test('bits', () => {
    expect(pixels(us('00280102', 12))).toEqual(['DCM-011 HighBit']);
    expect(pixels(us('00280101', 17), us('00280102', 16))).toEqual(['DCM-011 BitsStored']);
    expect(pixels(us('00280100', 12), { tag: '7fe00010', vr: 'OW', value: Buffer.alloc(6) })).toEqual(['DCM-011 BitsAllocated']);
  });

  test('sizes at the limit of their types overflow nothing', () => {
    expect(pixels(us('00280010', 65535), us('00280011', 65535), frames(2_147_483_647))).toEqual(['DCM-011 PixelData']);
  });

  test('floating point pixels', () => {
    const elements = withElements(us('00280100', 32), { tag: '7fe00008', vr: 'OF', value: Buffer.alloc(16) }).filter(({ tag }) => !['7fe00010', '00280101', '00280102', '00280103'].includes(tag));
    expect(summary(judgeFile({ elements }).filter(({ code }) => code === 'DCM-011'))).toEqual([]);
    const wrong = elements.map((element) => (element.tag === '00280100' ? us('00280100', 16) : element));
    expect(summary(judgeFile({ elements: wrong }).filter(({ code }) => code === 'DCM-011'))).toContain('DCM-011 BitsAllocated');
  });
});

describe('DCM-011, encapsulated', () => {
  const piece = jpeg();

  test('fragments and frames without an offset table', () => {
    expect(encapsulated(JPEG_LOSSLESS, [NONE, piece])).toEqual([]);
    expect(encapsulated(JPEG_LOSSLESS, [NONE, piece, Buffer.from('more')])).toEqual([]);
    expect(encapsulated(JPEG_LOSSLESS, [NONE, piece, piece], frames(2))).toEqual([]);
    expect(encapsulated(JPEG_LOSSLESS, [NONE, piece, Buffer.from('more'), piece], frames(2))).toEqual([]);
    expect(encapsulated(JPEG_LOSSLESS, [NONE, piece], frames(2))).toEqual(['DCM-011 PixelData']);
    expect(encapsulated(JPEG_LOSSLESS, [NONE, piece, piece, piece], frames(2))).toEqual(['DCM-011 PixelData']);
    expect(encapsulated(JPEG_LOSSLESS, [NONE])).toEqual(['DCM-011 PixelData']);
    expect(encapsulated(RLE, [NONE, Buffer.alloc(64), Buffer.alloc(64)], frames(2))).toEqual([]);
  });

  test('the offset table', () => {
    const two = [piece, Buffer.from('more'), piece];
    const second = 8 + piece.length + 8 + 4;
    expect(encapsulated(JPEG_LOSSLESS, [table(0, second), ...two], frames(2))).toEqual([]);
    expect(encapsulated(JPEG_LOSSLESS, [table(0, second + 2), ...two], frames(2))).toEqual(['DCM-011 PixelData']);
    expect(encapsulated(JPEG_LOSSLESS, [table(second, 0), ...two], frames(2))).toEqual(['DCM-011 PixelData']);
    expect(encapsulated(JPEG_LOSSLESS, [table(0), ...two], frames(2))).toEqual(['DCM-011 PixelData']);
  });

  test('a video is one stream', () => {
    expect(encapsulated(MPEG, [NONE, Buffer.alloc(64)], frames(30), { tag: '00282110', vr: 'CS', value: '01' }, { tag: '00282112', vr: 'DS', value: '20' }, { tag: '00282114', vr: 'CS', value: 'ISO_14496_10' })).toEqual([]);
  });

  test('native pixels in a syntax that encapsulates, and the other way round', () => {
    expect(summary(judgeFile({ transferSyntax: JPEG_LOSSLESS, elements: ctSlice() }))).toContain('DCM-011 PixelData');
    const value = [NONE, piece].map(item);
    expect(encapsulated('1.2.840.10008.1.2.1', [NONE, piece])).toEqual(['DCM-011 PixelData']);
    expect(value).toHaveLength(2);
  });
});

describe('DCM-012', () => {
  const flag = (value: string): DicomElement => ({ tag: '00282110', vr: 'CS', value });
  const how = [{ tag: '00282112', vr: 'DS', value: '10' }, { tag: '00282114', vr: 'CS', value: 'ISO_10918_1' }];

  test('a lossy syntax says so, with ratio and method', () => {
    expect(encapsulated(JPEG_BASELINE, [NONE, jpeg()])).toEqual(['DCM-012 LossyImageCompression', 'DCM-012 warning LossyImageCompressionMethod', 'DCM-012 warning LossyImageCompressionRatio']);
    expect(encapsulated(JPEG_BASELINE, [NONE, jpeg()], flag('00'), ...how)).toEqual(['DCM-012 LossyImageCompression']);
    expect(encapsulated(JPEG_BASELINE, [NONE, jpeg()], flag('01'), ...how)).toEqual([]);
  });

  test('never back: 00 beside a method', () => {
    expect(summary(judgeFile({ elements: withElements(flag('00'), ...how) }))).toEqual(['DCM-012 LossyImageCompression']);
    expect(summary(judgeFile({ elements: withElements(flag('01'), ...how) }))).toEqual([]);
    expect(summary(judgeFile({ elements: withElements(flag('00')) }))).toEqual([]);
  });

  test('where the syntax allows both, the code stream decides', () => {
    expect(encapsulated(JPEG_2000, [NONE, cod(1)])).toEqual([]);
    expect(encapsulated(JPEG_2000, [NONE, cod(0)])).toContain('DCM-012 LossyImageCompression');
    const scan = (near: number): Buffer => jpeg(segment(0xda, [1, 1, 0, near, 0, 0]));
    expect(encapsulated(JPEG_LS_NEAR, [NONE, scan(0)])).toEqual([]);
    expect(encapsulated(JPEG_LS_NEAR, [NONE, scan(2)])).toContain('DCM-012 LossyImageCompression');
  });
});

describe('DCM-013', () => {
  const colour = [us('00280002', 3), us('00280006', 0), us('00280100', 8), us('00280101', 8), us('00280102', 7)];
  const photometric = (value: string): DicomElement => ({ tag: '00280004', vr: 'CS', value });
  const adobe = (transform: number): Buffer => segment(0xee, [...Buffer.from('Adobe'), 0, 100, 0, 0, 0, 0, transform]);
  const about = (value: string, stream: Buffer): string[] => encapsulated(JPEG_BASELINE, [NONE, stream], ...colour, photometric(value)).filter((line) => line.startsWith('DCM-013'));

  test('what the stream says of its colours', () => {
    expect(about('YBR_FULL_422', jpeg(adobe(1)))).toEqual([]);
    expect(about('RGB', jpeg(adobe(0)))).toEqual([]);
    expect(about('RGB', jpeg(adobe(1)))).toEqual(['DCM-013 PhotometricInterpretation']);
    expect(about('YBR_FULL_422', jpeg(adobe(0)))).toEqual(['DCM-013 PhotometricInterpretation']);
    expect(about('YBR_FULL_422', jpeg(segment(0xc0, [8, 0, 2, 0, 2, 3, 0x52, 0x11, 0, 0x47, 0x11, 0, 0x42, 0x11, 0])))).toEqual(['DCM-013 PhotometricInterpretation']);
    expect(about('YBR_FULL_422', jpeg())).toEqual([]);
  });

  test('what the tables say of syntax and photometric interpretation', () => {
    expect(encapsulated(JPEG_LOSSLESS, [NONE, jpeg()], ...colour, photometric('YBR_ICT')).filter((line) => line.startsWith('DCM-013'))).toEqual(['DCM-013 PhotometricInterpretation']);
  });

  test('MONOCHROME1 is noted', () => {
    expect(summary(judgeFile({ elements: withElements(photometric('MONOCHROME1')) }))).toEqual(['DCM-013 info PhotometricInterpretation']);
  });
});

describe('hostile files', () => {
  /** Processor time, in ms. */
  function cost(run: () => void): number {
    const started = process.cpuUsage();
    run();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  }

  test('ten thousand levels of sequences end as too deep, quickly', () => {
    const open = Buffer.concat([Buffer.from([0x08, 0, 0x40, 0x11]), Buffer.from('SQ'), Buffer.from([0, 0, 0xff, 0xff, 0xff, 0xff, 0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff])]);
    const bytes = Buffer.concat([writeDicom({ elements: ctSlice().filter(({ tag }) => tag < '00081140') }), ...Array.from({ length: 10_000 }, () => open)]);
    let codes: string[] = [];
    expect(cost(() => (codes = summary(judgeBytes(bytes))))).toBeLessThan(2000);
    expect(codes).toEqual(expect.arrayContaining(['GATE-INCOMPLETE']));
  });

  test('a megabyte of text in one attribute', () => {
    for (const [vr, value] of [['LO', 'x'.repeat(65_000)], ['UT', 'Ä'.repeat(1_000_000)], ['UT', '\\'.repeat(2_000_000)], ['UC', '\\'.repeat(2_000_000)], ['PN', '^'.repeat(65_000)], ['UI', '1.'.repeat(32_000)]] as const) {
      expect(cost(() => judgeFile({ elements: withElements({ tag: '00204000', vr, value }) }))).toBeLessThan(2000);
    }
  });

  test('a hundred thousand broken elements', () => {
    const broken = Array.from({ length: 100_000 }, (_, at) => ({ tag: (0x00190000 + 0x1000 + (at % 0xe000)).toString(16).padStart(8, '0'), vr: 'DS', value: 'x ' }));
    const bytes = Buffer.concat([writeDicom({ elements: ctSlice() }), writeElements(broken)]);
    expect(cost(() => judgeBytes(bytes))).toBeLessThan(4000);
  });
});
