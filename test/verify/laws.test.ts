import { mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { tmpdir } from 'node:os';
import fc from 'fast-check';
import type { VerifyReport } from '../../src/model/verification.js';
import { verifyRelease } from '../../src/verify/verify.js';
import { writeRelease } from '../support/release-folder.js';

/** Small, so that a hundred verifications are soon done; a file under, at and over nothing in particular. */
const PAYLOAD: Record<string, string> = {
  'data/croissant.json': '{"a":1}\n',
  'data/images/C1/1.dcm': 'pixels of one',
  'data/images/C1/2.dcm': 'pixels of two',
  'data/images/C2/3.dcm': 'pixels of three, which are more',
  'data/tables/cases.parquet': 'PAR1....PAR1',
};

let root: string;
let digest: string;
let names: string[];
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'colophon-test-'));
  digest = writeRelease(root, PAYLOAD);
  names = readdirSync(root, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** One way to harm a release, and how to mend it. */
interface Harm {
  touched: string[];
  undo(): void;
}

const file = fc.nat().map((n) => names[n % names.length]!);
const payloadFile = fc.nat().map((n) => Object.keys(PAYLOAD).sort()[n % Object.keys(PAYLOAD).length]!);

function replace(name: string, bytes: Buffer | null): Harm {
  const path = join(root, name);
  const before = readFileSync(path);
  if (bytes === null) unlinkSync(path);
  else writeFileSync(path, bytes);
  return { touched: [name], undo: () => writeFileSync(path, before) };
}

/** The report names every path that was touched, as a path or, for what the tag manifest cannot tell apart, in its message. */
async function expectFound({ touched, undo }: Harm): Promise<VerifyReport> {
  try {
    const report = await verifyRelease(root, { jobs: 1 });
    expect(report.ok).toBe(false);
    for (const name of touched) {
      const named = report.problems.some((problem) => problem.path === name || problem.found === name || problem.message.includes(name));
      expect(named ? name : { name, problems: report.problems }).toBe(name);
    }
    return report;
  } finally {
    undo();
  }
}

const RUNS = { numRuns: 25 };

test('law: the release itself has no problem', async () => {
  expect((await verifyRelease(root, { jobs: 1, expect: digest })).problems).toEqual([]);
});

test('law: any bit flipped, in any file, is found and the file is named', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.nat(), fc.nat({ max: 7 }), async (name, place, bit) => {
      const bytes = readFileSync(join(root, name));
      bytes[place % bytes.length]! ^= 1 << bit;
      await expectFound(replace(name, bytes));
    }),
    { numRuns: 80 },
  );
});

test('law: any file removed is missing', async () => {
  for (const name of names) {
    const { problems } = await expectFound(replace(name, null));
    expect(problems.some(({ kind, path }) => kind === 'missing' && path === name)).toBe(true);
  }
});

test('law: any file cut anywhere is found; a payload file is truncated', async () => {
  await fc.assert(
    fc.asyncProperty(file, fc.nat(), async (name, at) => {
      const path = join(root, name);
      const before = readFileSync(path);
      truncateSync(path, at % before.length);
      const { problems } = await expectFound({ touched: [name], undo: () => writeFileSync(path, before) });
      if (name.startsWith('data/')) expect(problems).toMatchObject([{ kind: 'truncated', path: name }]);
    }),
    RUNS,
  );
});

test('law: any file added, anywhere, is extra', async () => {
  const name = fc.stringMatching(/^[a-z][a-z0-9 ü.-]{0,20}[a-z]$/);
  await fc.assert(
    fc.asyncProperty(fc.constantFrom('', 'data/', 'data/images/C1/', 'data/new/', 'other/'), name, fc.string(), async (folder, base, text) => {
      const path = join(root, folder, base);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text, { flag: 'wx' });
      const undo = (): void => rmSync(folder === 'data/new/' || folder === 'other/' ? dirname(path) : path, { recursive: true });
      expect((await expectFound({ touched: [folder + base], undo })).problems).toMatchObject([{ kind: 'extra', path: folder + base }]);
    }),
    RUNS,
  );
});

test('law: any two payload files swapped are found, both', async () => {
  await fc.assert(
    fc.asyncProperty(payloadFile, payloadFile, async (one, other) => {
      fc.pre(one !== other);
      const swap = (): void => {
        renameSync(join(root, one), join(root, 'swap'));
        renameSync(join(root, other), join(root, one));
        renameSync(join(root, 'swap'), join(root, other));
      };
      swap();
      const { problems } = await expectFound({ touched: [one, other], undo: swap });
      expect(problems.map(({ path }) => path).sort()).toEqual([one, other].sort());
    }),
    RUNS,
  );
});

test('law: any payload file moved is renamed, told with both names', async () => {
  await fc.assert(
    fc.asyncProperty(payloadFile, async (name) => {
      renameSync(join(root, name), join(root, 'data/moved'));
      const undo = (): void => renameSync(join(root, 'data/moved'), join(root, name));
      expect((await expectFound({ touched: [name], undo })).problems).toMatchObject([{ kind: 'renamed', path: name, found: 'data/moved' }]);
    }),
    RUNS,
  );
});

test('law: what was mended is sound again', async () => {
  expect((await verifyRelease(root, { jobs: 1, expect: digest })).problems).toEqual([]);
});
