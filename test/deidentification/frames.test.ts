import { describe, expect, test } from '@jest/globals';
import { writeDicom } from '../support/dicom-writer.js';
import { profileTexts } from '../../src/deidentification/icc-profile.js';
import { readJp2Boxes } from '../../src/deidentification/jp2-boxes.js';
import { readJpegHead } from '../../src/deidentification/jpeg-segments.js';
import { fragments, jpeg, JPEG_BASELINE } from './planted-leaks.js';
import { elementsWith, fileWith, judge, type Changes, type Said } from './released-file.js';

function judgeFrames(frames: Buffer[], changes: Changes = {}): Said {
  const elements = [...elementsWith({ '7fe00010': null, '00280008': ['IS', String(frames.length)], ...changes }), { tag: '7fe00010', vr: 'OB', value: fragments(...frames), undefinedLength: true }];
  return judge(writeDicom({ transferSyntax: JPEG_BASELINE, elements }));
}

const said = (result: Said): string[] => result.findings.map(({ code, level, message }) => `${code} ${level ?? ''} ${message}`);

/** A box of a JP2 file. */
function box(kind: string, content: Buffer): Buffer {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(content.length + 8, 0);
  head.write(kind, 4, 'latin1');
  return Buffer.concat([head, content]);
}

const SIGNATURE = Buffer.from('0000000c6a5020200d0a870a', 'hex');
const codestream = (comment: string): Buffer => {
  const content = Buffer.concat([Buffer.from([0, 1]), Buffer.from(comment)]);
  const segment = Buffer.from([0xff, 0x64, 0, 0]);
  segment.writeUInt16BE(content.length + 2, 2);
  return Buffer.concat([Buffer.from([0xff, 0x4f, 0xff, 0x51, 0, 4, 0, 0]), segment, content, Buffer.from([0xff, 0x90, 0, 10, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, 0x93, 1, 2, 0xff, 0xd9])]);
};

/** An ICC profile with one description. */
function profile(text: string): Buffer {
  const description = Buffer.concat([Buffer.from('desc\0\0\0\0'), Buffer.from(text)]);
  const bytes = Buffer.alloc(128 + 4 + 12);
  bytes.write('acsp', 36);
  bytes.writeUInt32BE(1, 128);
  bytes.write('desc', 132);
  bytes.writeUInt32BE(144, 136);
  bytes.writeUInt32BE(description.length, 140);
  return Buffer.concat([bytes, description]);
}

const JFIF: [number, string] = [0xe0, 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0'];

describe('compressed frames without anything beside the image', () => {
  test.each<[string, Buffer[]]>([
    ['JPEG with JFIF and Adobe segments', [jpeg(JFIF, [0xee, 'Adobe\0\x64\0\0\0\0\0'])]],
    ['a comment of the encoder', [jpeg([0xfe, 'CREATOR: gd-jpeg v1.0 (using IJG JPEG v62), quality = 90'])]],
    ['JPEG 2000 with a comment of the encoder', [codestream('Created by OpenJPEG version 2.5.0')]],
    ['several frames', [jpeg(JFIF), jpeg(JFIF), jpeg(JFIF)]],
    ['a profile that names a colour space', [jpeg([0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), profile('sRGB IEC61966-2.1')])])]],
    ['RLE', [Buffer.alloc(128)]],
  ])('%s', (_name, frames) => {
    const result = judgeFrames(frames);
    expect(said(result)).toEqual([]);
    expect(result.looked.has('DID-092')).toBe(true);
  });
});

describe('compressed frames with something beside the image', () => {
  test.each<[string, Buffer[], string]>([
    ['a name in a comment', [jpeg([0xfe, 'Patient: SMITH^JOHN'])], 'DID-092 error A comment in a compressed frame holds a person name.'],
    ['a comment that is none of an encoder', [jpeg([0xfe, 'second try'])], 'DID-092 warning A compressed frame holds a comment.'],
    ['EXIF', [jpeg([0xe1, 'Exif\0\0II*\0'])], 'DID-092 error A compressed frame holds camera data (EXIF).'],
    ['XMP', [jpeg([0xe1, 'http://ns.adobe.com/xap/1.0/\0<x:xmpmeta/>'])], 'DID-092 error A compressed frame holds XML metadata.'],
    ['Photoshop', [jpeg([0xed, 'Photoshop 3.0\x008BIM'])], 'DID-092 error A compressed frame holds a box of metadata.'],
    ['a name in a JPEG 2000 comment', [codestream('SMITH^JOHN')], 'DID-092 error A comment in a compressed frame holds a person name.'],
    ['XML in a JP2 file', [Buffer.concat([SIGNATURE, box('xml ', Buffer.from('<p>Ann</p>')), box('jp2c', codestream('Kakadu-v7.9'))])], 'DID-092 error A compressed frame holds XML metadata.'],
    ['a UUID box in a JP2 file', [Buffer.concat([SIGNATURE, box('uuid', Buffer.alloc(24, 1)), box('jp2c', codestream('Kakadu-v7.9'))])], 'DID-092 error A compressed frame holds a box of metadata.'],
    ['a name in a colour profile', [jpeg([0xe2, Buffer.concat([Buffer.from('ICC_PROFILE\0\x01\x01'), profile('Dr. John Smith monitor')])])], 'DID-092 error The colour profile of a compressed frame holds a person name.'],
    ['bytes behind the image', [Buffer.concat([jpeg(JFIF), Buffer.from('SMITH')])], 'DID-092 error Bytes follow the end of a compressed image.'],
    ['EXIF in the third frame', [jpeg(JFIF), jpeg(JFIF), jpeg([0xe1, 'Exif\0\0II*\0'])], 'DID-092 error A compressed frame holds camera data (EXIF).'],
  ])('%s', (_name, frames, expected) => {
    const [first] = said(judgeFrames(frames));
    expect(first?.replace(/(?<=person name) .{1,80}\.$/, '.')).toBe(expected);
  });

  test('the same in all frames is said a few times only', () => {
    expect(judgeFrames(Array.from({ length: 60 }, () => jpeg([0xe1, 'Exif\0\0II*\0']))).findings).toHaveLength(5);
  });

  test('the profile of the header', () => {
    const result = judge(fileWith({ '00282000': ['OB', profile('Dr. John Smith monitor')] }));
    expect(result.findings.map(({ code, tag }) => [code, tag])).toEqual([['DID-092', 'ICCProfile']]);
    expect(said(judge(fileWith({ '00282000': ['OB', profile('IEC http://www.iec.ch sRGB')] })))).toEqual([]);
  });
});

describe('hostile codestreams', () => {
  test('any bytes end, and are read within their length', () => {
    for (let seed = 1; seed <= 400; seed += 1) {
      let state = seed;
      const bytes = Buffer.from(Array.from({ length: 200 }, () => (state = (state * 1103515245 + 12345) & 0x7fffffff) >> 16 & 0xff));
      for (const head of [[0xff, 0xd8], [0xff, 0x4f, 0xff]]) readJpegHead(Buffer.concat([Buffer.from(head), bytes]));
      readJp2Boxes(Buffer.concat([SIGNATURE, bytes]), 212);
      profileTexts(bytes);
    }
  });

  test('a segment that declares no length, and a run of markers without end', () => {
    expect(readJpegHead(Buffer.from([0xff, 0xd8, 0xff, 0xe1, 0, 0]))?.parts).toEqual([]);
    expect(readJpegHead(Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(100_000, 0xff)]))).toEqual({ parts: [], endedEarly: true });
  });

  test('a head that goes on beyond the limit is said', () => {
    const result = judgeFrames([jpeg(...Array.from({ length: 6 }, (): [number, Buffer] => [0xe0, Buffer.concat([Buffer.from('JFIF'), Buffer.alloc(60_000)])]))]);
    expect(said(result)).toEqual(['DID-092 warning The head of a compressed frame is longer than the limit, so only its first part was looked through.']);
  });
});
