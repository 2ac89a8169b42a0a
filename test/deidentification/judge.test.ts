import { describe, expect, test } from '@jest/globals';
import { writeDicom, type DicomElement } from '../support/dicom-writer.js';
import { CLEAN, type CleanFile } from './clean-files.js';
import { PLANTED, type PlantedLeak } from './planted-leaks.js';
import { codesOf, element, elementsWith, fileWith, judge, options } from './released-file.js';

function plant({ changes = {}, file = {}, appended = '' }: PlantedLeak): Buffer {
  return Buffer.concat([fileWith(changes, file), Buffer.from(appended)]);
}

describe('a planted leak is found by its rule', () => {
  test.each(PLANTED.map((leak): [string, PlantedLeak] => [`${leak.code} ${leak.what}`, leak]))('%s', (_name, leak) => {
    const said = judge(plant(leak), leak.policy);
    expect(codesOf(said)).toContain(leak.code);
    expect([...said.looked]).toContain(leak.code);
    for (const finding of said.findings.filter(({ code }) => code === leak.code)) expect(finding.message).toMatch(/^[A-Z].*\.$/);
  });

  test('there are sixty of them, and no two are alike', () => {
    expect(new Set(PLANTED.map(({ what }) => what)).size).toBe(PLANTED.length);
    expect(PLANTED.length).toBeGreaterThanOrEqual(60);
  });

  test('no finding shows a value that was planted', () => {
    const secrets = ['Bellweather', 'Novak', 'Okonkwo', '0048812', '00488127', 'SMITH', 'Agnes', 'Oak', 'Elm', '19560704', 'LAKESHORE', '40512', '山田', 'やまだ'];
    for (const leak of PLANTED)
      for (const { content: _content, ...shown } of judge(plant(leak), leak.policy).findings) {
        const text = JSON.stringify(shown);
        expect(secrets.filter((secret) => text.includes(secret))).toEqual([]);
      }
  });
});

describe('a clean file is no finding', () => {
  test.each(CLEAN.map((clean): [string, CleanFile] => [clean.what, clean]))('%s', (_name, { changes, file, policy }) => {
    const { findings } = judge(fileWith(changes, file), policy);
    expect(findings.map(({ code, tag, message }) => `${code} ${tag ?? ''} ${message}`)).toEqual([]);
  });

  test('there are forty-five of them', () => expect(CLEAN.length).toBeGreaterThanOrEqual(45));
});

describe('one leak is said once', () => {
  test('what is in a sequence that may not stay goes with it', () => {
    const said = judge(fileWith({ '00101002': ['SQ', [[element('00100020', 'LO', 'SITE-77'), element('00101040', 'LO', 'Elm')]]] }));
    expect(said.findings.map(({ tag }) => tag)).toEqual(['OtherPatientIDsSequence']);
  });

  test('a private block is one finding, however many elements it has', () => {
    const block = Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`004310${(0x40 + index).toString(16)}`, ['US', [1]] as [string, number[]]]));
    const { findings } = judge(fileWith({ '00430010': ['LO', 'GEMS_PARM_01'], ...block }));
    expect(findings.map(({ code, found }) => [code, found])).toEqual([['DID-030', '41 elements of the block from (0043,0010) on']]);
  });

  test('an attribute that may not stay at all is not scanned as well', () => {
    expect(judge(fileWith({ '00101040': ['LO', 'Dr. John Smith, 12 Oak Street'] })).findings.map(({ code }) => code)).toEqual(['DID-010']);
  });

  test('one that could stay when it is clean is', () => {
    const said = judge(fileWith({ '00120064': options('113107', '113108'), '00081030': ['LO', 'CT CHEST SMITH^JOHN'], '0008103e': null, '00181030': null }));
    expect(codesOf(said)).toEqual(['DID-010', 'DID-040']);
  });
});

describe('hostile files', () => {
  test('a text of a megabyte is scanned to the limit, and the rest is said', () => {
    const said = judge(fileWith({ '0040a160': ['UT', 'lorem '.repeat(200_000)] }));
    expect(said.findings.map(({ code, level }) => [code, level])).toEqual([['DID-047', 'warning']]);
  });

  test('sixty levels of sequences are judged to the last', () => {
    let inner: DicomElement[] = [element('0040a123', 'PN', 'Novak^Petra')];
    for (let level = 0; level < 28; level += 1) inner = [element('00189445', 'SQ', [inner])];
    const { findings } = judge(writeDicom({ elements: elementsWith({ '00189445': ['SQ', [inner]] }) }));
    expect(findings.map(({ code }) => code)).toEqual(['DID-022']);
    expect(findings[0]?.tag?.split('/')).toHaveLength(30);
  });

  test('what lies too deep to be read is never passed over', () => {
    let inner: DicomElement[] = [element('0040a123', 'PN', 'Novak^Petra')];
    for (let level = 0; level < 200; level += 1) inner = [element('00189445', 'SQ', [inner])];
    expect(codesOf(judge(writeDicom({ elements: elementsWith({ '00189445': ['SQ', [inner]] }) })))).toContain('DID-010');
  });

  test('a data set that ends inside an element is an error', () => {
    const bytes = fileWith({ '7fe00010': null, '00204000': ['LT', 'x'.repeat(500)] });
    expect(judge(bytes.subarray(0, bytes.length - 300)).findings.some(({ code, level }) => (code === 'DID-010' || code === 'DID-091') && level !== 'warning')).toBe(true);
  });

  test('ten thousand items take no longer than they have to', () => {
    const items = Array.from({ length: 10_000 }, (_, index) => [element('00081155', 'UI', `2.25.${index + 1}`)]);
    const started = performance.now();
    expect(judge(fileWith({ '00081140': ['SQ', items] })).findings).toEqual([]);
    expect(performance.now() - started).toBeLessThan(3000);
  });

  test('names of hostile length', () => {
    const names = ['^'.repeat(60_000), '='.repeat(60_000), ' '.repeat(60_000), 'A^'.repeat(30_000), '\\'.repeat(60_000)];
    for (const name of names) {
      const started = performance.now();
      judge(fileWith({ '00081050': ['PN', name] }));
      expect(performance.now() - started).toBeLessThan(1000);
    }
  });
});
