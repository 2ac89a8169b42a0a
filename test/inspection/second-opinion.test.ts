import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { CurationError } from '../../src/errors.js';
import { readDciodvfy, readFindings } from '../../src/inspection/opinion.js';
import { secondOpinion, type Disagreement, type SecondOpinionOptions } from '../../src/inspection/second-opinion.js';
import type { FileFinding } from '../../src/model/inspection.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'colophon-opinion-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that stands in for dciodvfy. */
function fake(name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

const MISSING: FileFinding = { code: 'DCM-006', tag: 'PatientID', message: '', content: 'missing' };
const LINE = 'Error - </PatientID(0010,0020)> - Missing attribute for Type 2 Required - Module=<Patient>';

async function ask(ours: Map<string, FileFinding[]>, options: SecondOpinionOptions, paths = ['/data/a.dcm']): Promise<Disagreement[]> {
  const all: Disagreement[] = [];
  for await (const disagreement of secondOpinion(paths, ours, options)) all.push(disagreement);
  return all;
}

describe('opinions', () => {
  test('out of what dciodvfy prints', () => {
    const text = [
      LINE,
      'Error - </SegmentSequence(0062,0002)[1]/SegmentLabel(0062,0005)> - Empty attribute (no value) for Type 1 Required - Module=<SegmentationImage>',
      'Error - </DeidentificationMethod(0012,0063)> - Attribute present but empty (no value) even though condition not satisfied for Type 1C Conditional - Module=<Patient>',
      'Error - </Laterality(0020,0060)> - Attribute present when condition unsatisfied (which may not be present otherwise) for Type 2C Conditional - Module=<GeneralSeries>',
      'Error - </PatientSex(0010,0040)[1]> - Unrecognized enumerated value = <X> - for value 1 of attribute',
      'Warning - </BodyPartExamined(0018,0015)[1]> - Unrecognized defined term = <THORAX>',
      'Error - Dicom something else',
      'CTImage',
    ].join('\n');
    expect([...readDciodvfy(text)]).toEqual(['missing (0010,0020)', 'empty (0062,0002)/(0062,0005)', 'empty (0012,0063)', 'forbidden (0020,0060)', 'enumerated (0010,0040)']);
  });

  test('out of our findings', () => {
    expect([...readFindings([MISSING, { code: 'DCM-006', tag: '(0040,0275)[2]/(0040,1001)', message: '', content: 'empty' }, { code: 'DCM-008', tag: 'PatientSex', message: '', content: 'enumerated X' }, { code: 'DCM-009', tag: 'StudyDate', message: '', content: 'x' }])]).toEqual([
      'missing (0010,0020)',
      'empty (0040,0275)/(0040,1001)',
      'enumerated (0010,0040)',
    ]);
  });
});

describe('DCM-019', () => {
  test('agreement is silent, whatever the exit status', async () => {
    const command = fake('agrees', `echo '${LINE}' >&2; exit 1`);
    expect(await ask(new Map([['/data/a.dcm', [MISSING]]]), { command })).toEqual([]);
  });

  test('a disagreement names attributes, either way round', async () => {
    const command = fake('disagrees', `echo '${LINE}' >&2`);
    const [first] = await ask(new Map([['/data/a.dcm', [{ ...MISSING, tag: 'PatientSex' }]]]), { command });
    expect(first).toMatchObject({ path: '/data/a.dcm', finding: { code: 'DCM-019', expected: 'what dciodvfy alone says: PatientID is missing', found: 'what is said here alone: PatientSex is missing' } });
  });

  test('files come in the order given, many at a time', async () => {
    const command = fake('slow', `case "$2" in */a.dcm) sleep 0.3;; esac; echo '${LINE}' >&2`);
    const paths = ['/data/a.dcm', '/data/b.dcm', '/data/c.dcm'];
    expect((await ask(new Map(), { command, jobs: 3 }, paths)).map(({ path }) => path)).toEqual(paths);
  });

  test('the path is one argument, without a shell', async () => {
    const command = fake('arguments', 'test "$#" = 2 && test "$1" = -new && test "$2" = "/data/\\$(id); x.dcm" || echo "$0 wrong" >&2; exit 0');
    expect(await ask(new Map(), { command }, ['/data/$(id); x.dcm'])).toEqual([]);
    await expect(ask(new Map(), { command }, ['-x.dcm'])).rejects.toThrow('absolute');
  });

  test('what does not end, prints without end, or cannot read the file gives no second opinion, and says so', async () => {
    const opinions = async (command: string) => (await ask(new Map(), { command, timeoutMs: 500 })).map(({ finding }) => [finding.level, finding.message]);
    expect(await opinions(fake('hangs', 'exec sleep 20'))).toEqual([[undefined, expect.stringContaining('no end')]]);
    expect(await opinions(fake('cannot', 'echo "Error - Dicom dataset read failed"'))).toEqual([['info', expect.stringContaining('cannot read')]]);
    expect(await opinions(fake('prints', 'exec yes'))).toEqual([[undefined, expect.stringContaining('no end')]]);
  });

  test('hostile output is bounded, and nothing of it is repeated', async () => {
    const command = fake('hostile', `printf 'Error - </\\033[2JX(0010,0020)> - Missing attribute for Type 2 secret\\n' >&2; i=0; while [ $i -lt 300 ]; do printf 'Error - </X(0009,%04x)> - Missing attribute for Type 1\\n' $i; i=$((i+1)); done`);
    const [first] = await ask(new Map(), { command });
    const { content: _content, ...shown } = first?.finding ?? { content: '' };
    expect(JSON.stringify(shown)).not.toMatch(/secret|\\u001b/);
    expect(JSON.stringify(shown).length).toBeLessThan(600);
  });

  test('a program that is not there is an error of the environment; an interruption ends it', async () => {
    await expect(ask(new Map(), { command: join(folder, 'nowhere') })).rejects.toMatchObject({ code: 'SOURCE_MISSING' });
    const controller = new AbortController();
    const waiting = ask(new Map(), { command: fake('waits', 'exec sleep 20'), signal: controller.signal });
    setTimeout(() => controller.abort(), 100);
    await expect(waiting).rejects.toThrow(CurationError);
  });
});
