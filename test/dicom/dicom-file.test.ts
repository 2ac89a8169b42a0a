import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import dicomParser from 'dicom-parser';
import fc from 'fast-check';
import type { DataSet } from '../../src/dicom/data-set.js';
import { parseDicomFile, type DicomFile, type NoDataSet } from '../../src/dicom/dicom-file.js';
import { MAX_DEPTH, MAX_ELEMENTS } from '../../src/dicom/limits.js';
import { FATAL_FAULTS } from '../../src/dicom/parse-note.js';
import { PACKAGE_ROOT } from '../../src/package-root.js';
import { DEFLATED_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN, EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, writeDicom, writeElements, type DicomElement } from '../support/dicom-writer.js';

const FIXTURES = join(PACKAGE_ROOT, 'test/fixtures/dicom/files');
const fixtures = readdirSync(FIXTURES, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name))
  .toSorted();

function parse(bytes: Buffer, inflatedBytes = 1 << 26): DicomFile | NoDataSet {
  return parseDicomFile({ size: bytes.length, readAt: (offset, length) => bytes.subarray(offset, offset + length) }, inflatedBytes);
}

function parseOk(bytes: Buffer): DicomFile {
  const file = parse(bytes);
  if ('reason' in file) throw new Error(file.reason);
  return file;
}

/** `gggg,eeee` of every element at any depth, in the order of the file; items are opened where they stand. */
function tagsOf(dataSet: DataSet): string[] {
  return dataSet.elements.flatMap(({ tag, items }) => [tagText(tag), ...(items ?? []).flatMap((item) => tagsOf(item))]);
}

const tagText = (tag: number): string => `${(tag >>> 16).toString(16).padStart(4, '0')},${(tag & 0xffff).toString(16).padStart(4, '0')}`;
const faults = (file: DicomFile | NoDataSet): string[] => ('reason' in file ? [file.reason] : [...new Set(file.notes.map(({ fault }) => fault))]);

/** Processor time, in ms. */
function cost(run: () => void): number {
  const started = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1000;
}

const SMALL: DicomElement[] = [
  { tag: '00080016', vr: 'UI', value: '1.2.840.10008.5.1.4.1.1.2' },
  { tag: '00080018', vr: 'UI', value: '2.25.1' },
  { tag: '00081140', vr: 'SQ', value: [[{ tag: '00081155', vr: 'UI', value: '2.25.2' }], [{ tag: '00081155', vr: 'UI', value: '2.25.3' }]] },
  { tag: '00100010', vr: 'PN', value: 'Doe^Jane' },
  { tag: '00280010', vr: 'US', value: [2] },
  { tag: '0040a730', vr: 'SQ', value: [[{ tag: '0040a730', vr: 'SQ', value: [[{ tag: '0040a160', vr: 'UT', value: 'deep' }]], undefinedLength: true }]], undefinedLength: true },
  { tag: '7fe00010', vr: 'OW', value: Buffer.alloc(8) },
];

describe('the same data set in every encoding', () => {
  test.each([EXPLICIT_LITTLE_ENDIAN, IMPLICIT_LITTLE_ENDIAN, EXPLICIT_BIG_ENDIAN, DEFLATED_LITTLE_ENDIAN])('%s', (transferSyntax) => {
    const file = parseOk(writeDicom({ transferSyntax, elements: SMALL }));
    expect({ whole: file.whole, notes: file.notes, trailing: file.trailing }).toEqual({ whole: true, notes: [], trailing: null });
    expect(tagsOf(file.dataSet)).toEqual(['0008,0016', '0008,0018', '0008,1140', '0008,1155', '0008,1155', '0010,0010', '0028,0010', '0040,a730', '0040,a730', '0040,a160', '7fe0,0010']);
    expect(file.dataSet.text(0x00100010)).toBe('Doe^Jane');
    expect(file.dataSet.numbers(0x00280010)).toEqual([2]);
    expect(file.pixels?.length).toBe(8);
    expect([...file.dataSet.walk()].map((item) => item.text(0x00081155) ?? item.text(0x0040a160)).filter((text) => text !== null)).toEqual(['2.25.2', '2.25.3', 'deep']);
  });
});

describe('laws', () => {
  const bytes = writeDicom({ elements: SMALL });

  test('whatever is cut off, parsing ends, and every element begins inside the file', () => {
    for (let length = 0; length <= bytes.length; length += 1) {
      const file = parse(bytes.subarray(0, length));
      if ('reason' in file) continue;
      for (const dataSet of file.dataSet.walk()) for (const { offset } of dataSet.elements) expect(offset).toBeLessThanOrEqual(length);
      if (length < bytes.length && file.whole) expect(file.pixels).toBeNull();
    }
  });

  test.each(['pydicom/CT_small.dcm', 'pydicom/MR_small_RLE.dcm', 'dcmjs/sample-sr.dcm', 'dicomParser/deflate/report_dfl', 'pydicom/rtstruct.dcm'])('bytes of %s that are replaced never make it throw', (name) => {
    const original = readFileSync(join(FIXTURES, name));
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(original.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 }), (changes) => {
        const changed = Buffer.from(original);
        for (const [at, byte] of changes) changed[at] = byte;
        const file = parse(changed);
        if ('reason' in file) return true;
        for (const dataSet of file.dataSet.walk()) for (const element of dataSet.elements) dataSet.values(element);
        return file.notes.length <= 200;
      }),
      { numRuns: 150 },
    );
  });

  test('a data set of faults keeps no more notes than the limit, with what the meta information adds', () => {
    const changed = readFileSync(join(FIXTURES, 'pydicom/CT_small.dcm'));
    changed[0] = 0;
    changed[248] = 41;
    const { notes, whole } = parseOk(changed);
    expect(notes).toHaveLength(200);
    expect(whole || notes.some(({ fault }) => FATAL_FAULTS.has(fault))).toBe(true);
  });

  test('bytes without any sense never make it throw', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.boolean(), (noise, prefixed) => {
        const head = prefixed ? writeDicom({ elements: SMALL.slice(0, 2) }) : Buffer.alloc(0);
        parse(Buffer.concat([head, noise]));
        return true;
      }),
      { numRuns: 500 },
    );
  });

  test('what is written is what is read, at any depth', () => {
    const tree = fc.letrec<{ elements: DicomElement[]; item: DicomElement }>((tie) => ({
      elements: fc.array(tie('item'), { maxLength: 4 }).map((list) => list.map((element, at) => ({ ...element, tag: `0040${(0xa000 + at).toString(16)}` }))),
      item: fc.oneof(
        { maxDepth: 4 },
        fc.string({ maxLength: 12, unit: fc.constantFrom(...'abcXYZ019') }).map((value) => ({ tag: '', vr: 'LO', value })),
        fc.tuple(fc.array(tie('elements'), { minLength: 1, maxLength: 3 }), fc.boolean()).map(([items, open]) => ({ tag: '', vr: 'SQ', value: items, undefinedLength: open })),
      ),
    }));
    const shape = (elements: readonly DicomElement[]): unknown => elements.map(({ vr, value }) => (vr === 'SQ' ? (value as DicomElement[][]).map(shape) : value));
    const read = (dataSet: DataSet): unknown => dataSet.elements.map((element) => (element.items === null ? dataSet.values(element).join('\\') : element.items.map(read)));
    fc.assert(
      fc.property(tree.elements, (elements) => {
        const file = parseOk(writeDicom({ elements: [...SMALL.slice(0, 2), ...elements] }));
        expect(file.notes).toEqual([]);
        expect((read(file.dataSet) as unknown[]).slice(2)).toEqual(shape(elements));
      }),
      { numRuns: 200 },
    );
  });
});

describe('hostile files', () => {
  const head = writeDicom({ elements: SMALL.slice(0, 2) });
  const element = (tag: string, vr: string, length: number): Buffer => writeElements([{ tag, vr, value: '', declaredLength: length }]);

  test('lengths beyond the file', () => {
    for (const [vr, length] of [['OB', 0xfffffffe], ['LO', 0xfffe], ['SQ', 0x7fffffff], ['UT', 0x80000000]] as const) {
      const file = parseOk(Buffer.concat([head, element('00091001', vr, length), Buffer.from('rest')]));
      expect([vr, file.whole]).toEqual([vr, false]);
      expect(file.notes).not.toEqual([]);
    }
  });

  test('sequences and items that nothing closes', () => {
    const open = parseOk(Buffer.concat([head, writeElements([{ tag: '00081140', vr: 'SQ', value: [[{ tag: '00081155', vr: 'UI', value: '2.25.2' }]], undefinedLength: true }]).subarray(0, -8)]));
    expect(faults(open)).toContain('unclosed');
    expect(open.dataSet.get(0x00081140)?.items?.[0]?.text(0x00081155)).toBe('2.25.2');
  });

  test('nesting stops at its limit, however deep it goes on', () => {
    const level = Buffer.concat([element('0040a730', 'SQ', 0xffffffff), Buffer.from([0xfe, 0xff, 0x00, 0xe0, 0xff, 0xff, 0xff, 0xff])]);
    for (const levels of [MAX_DEPTH * 2, 10_000]) {
      let file: DicomFile | null = null;
      expect(cost(() => (file = parseOk(Buffer.concat([head, ...Array.from({ length: levels }, () => level)]))))).toBeLessThan(1500);
      expect(faults(file as unknown as DicomFile)).toContain('too-deep');
      expect((file as unknown as DicomFile).whole).toBe(false);
    }
  });

  test('a deflate bomb is given up, and stated', () => {
    const bomb = deflateRawSync(Buffer.alloc(64 * 1024 * 1024));
    const meta = writeDicom({ transferSyntax: DEFLATED_LITTLE_ENDIAN, elements: [] });
    const start = meta.length - deflateRawSync(Buffer.alloc(0)).length;
    const file = parse(Buffer.concat([meta.subarray(0, start), bomb]), 16 * 1024 * 1024);
    expect(faults(file)).toContain('inflate-limit');
    expect(faults(parse(Buffer.concat([meta.subarray(0, start), Buffer.from('no deflate')])))).toContain('inflate-corrupt');
  });

  test('a million tiny elements, in order or not', () => {
    const tiny = (count: number, order: (at: number) => number): Buffer => {
      const bytes = Buffer.alloc(count * 8);
      for (let at = 0; at < count; at += 1) {
        const number = order(at);
        bytes.writeUInt16LE(0x0011 + 2 * Math.floor(number / 0x8000), at * 8);
        bytes.writeUInt16LE(0x1000 + (number % 0x8000), at * 8 + 2);
        bytes.write('LO', at * 8 + 4, 'latin1');
      }
      return bytes;
    };
    let file: DicomFile | null = null;
    expect(cost(() => (file = parseOk(Buffer.concat([head, tiny(MAX_ELEMENTS + 10, (at) => at)]))))).toBeLessThan(10_000);
    expect((file as unknown as DicomFile).dataSet.elements).toHaveLength(MAX_ELEMENTS);
    expect(faults(file as unknown as DicomFile)).toContain('too-many-elements');
    expect(cost(() => (file = parseOk(Buffer.concat([head, tiny(100_000, (at) => 100_000 - at)]))))).toBeLessThan(3000);
    expect(faults(file as unknown as DicomFile)).toContain('not-ascending');
  });

  test('what stands behind the data set is told apart', () => {
    const file = parseOk(Buffer.concat([writeDicom({ elements: SMALL }), Buffer.from('\x01\x02')]));
    expect(file.whole).toBe(false);
    expect(file.trailing?.bytes.length).toBe(2);
  });
});

describe('beside other readers', () => {
  /** What dicom-parser itself reads otherwise: no file meta information, VRs that it does not know, deflated without zlib. */
  const OTHERWISE = /no_meta|ExplVR_LitEndNoMeta|empty\.dcm|text\.dcm|DICOMDIR|badVR|truncated|deflate|Deflated|meta_missing/;

  test.each(fixtures.filter((path) => !OTHERWISE.test(path)).map((path) => [path.slice(FIXTURES.length + 1), path]))('dicom-parser: %s', (_name, path) => {
    const bytes = readFileSync(path);
    let theirs: dicomParser.DataSet;
    try {
      theirs = dicomParser.parseDicom(bytes);
    } catch {
      return;
    }
    const file = parseOk(bytes);
    const list = (dataSet: dicomParser.DataSet): string[] =>
      Object.values(dataSet.elements)
        .filter(({ tag }) => !tag.startsWith('x0002'))
        .map(({ tag, dataOffset, length, items, fragments }) => (items !== undefined || fragments !== undefined ? tag : `${tag} ${dataOffset} ${length}`))
        .toSorted();
    const ours = file.dataSet.elements.map(({ tag, offset, length, items, fragments }) => `x${tagText(tag).replace(',', '')}${items !== null || fragments !== null ? '' : ` ${offset} ${length}`}`).toSorted();
    const known = list(theirs);
    // Of what both take for a plain value, place and length agree; what one alone takes for a sequence has its tag.
    const bare = (lines: string[]): string[] => lines.map((line) => line.slice(0, 9));
    expect(bare(ours)).toEqual(bare(known));
    const sequences = new Set([...ours, ...known].filter((line) => line.length === 9));
    const plain = (lines: string[]): string[] => lines.filter((line) => !sequences.has(line.slice(0, 9)));
    expect(plain(ours)).toEqual(plain(known));
  });

  const dcmdump = spawnSync('dcmdump', ['--version'], { stdio: 'ignore' }).error === undefined;
  const withDcmdump = dcmdump ? test : test.skip;

  withDcmdump('dcmdump (on the PATH only): every element at any depth, in order', () => {
    const broken: string[] = [];
    // A private element of implicit VR whose bytes are items is a sequence to us, and to dcmdump nothing known.
    for (const path of fixtures.filter((name) => !OTHERWISE.test(name) && !name.endsWith('priv_SQ.dcm'))) {
      const run = spawnSync('dcmdump', ['-q', path], { encoding: 'latin1', maxBuffer: 1 << 26 });
      const file = parse(readFileSync(path));
      if (run.status !== 0 || 'reason' in file) continue;
      const theirs = [...run.stdout.matchAll(/^ *\(([0-9a-f]{4},[0-9a-f]{4})\)/gm)].map((match) => match[1] as string).filter((tag) => !tag.startsWith('fffe') && !tag.startsWith('0002'));
      // Pixel data's fragments are items of its own to dcmdump, without tags of elements.
      if (theirs.join(' ') !== tagsOf(file.dataSet).join(' ')) broken.push(path.slice(FIXTURES.length + 1));
    }
    expect(broken).toEqual([]);
  });
});
