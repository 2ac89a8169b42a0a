import { cpSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from '@jest/globals';
import type { ReleaseDocument } from '../../src/model/release.js';
import { commitHiddenPart } from '../../src/workflow/split-commitment.js';
import type { Workspace } from '../../src/workspace/workspace.js';
import { benchmark, configureSmall, EFFECTS, filesBelow, makeFrozen, membersOf, publishSmall, pullSmall, smallCases, useFrozenWorkspace, type SmallCase, type SmallConfig } from '../support/hidden-workspace.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
let folder: string;
let root: string;
const key = () => join(folder, 'master.key');
beforeEach(() => {
  folder = makeFolder();
  root = join(folder, 'workspace');
});

const frozen = useFrozenWorkspace();
const CASES = smallCases(40);
const KEPT_OUT: SmallConfig = { splits: { benchmark: benchmark() } };
const commit = (workspace: Workspace, reason?: string) => commitHiddenPart(workspace, 'benchmark', { key: key(), ...(reason === undefined ? {} : { reason }) }, EFFECTS);
const hiddenOnes = () => membersOf(root, 'benchmark', 'test');
const document = (at = root, version = '1.0.0') => JSON.parse(readFileSync(join(at, 'releases', version, 'release.json'), 'utf8')) as ReleaseDocument;

/** What of two releases may differ: random-looking numbers of equal length. */
function maskRandom(path: string, bytes: Buffer): string {
  const text = bytes.toString('latin1');
  if (path.startsWith('data/commitments/')) return text.replace(/[0-9a-f]/g, 'x');
  return /\.(txt|json|html)$/.test(path) && !path.startsWith('data/gate') ? text.replace(/[0-9a-f]{64}|(?<="commitment":")[0-9a-f]{32}/g, (hex) => 'x'.repeat(hex.length)) : text;
}

function expectIndistinguishable(left: string, right: string, versions = ['1.0.0', '1.0.0']): void {
  const [a, b] = [left, right].map((at, side) => filesBelow(join(at, 'releases', versions[side]!))) as [Map<string, Buffer>, Map<string, Buffer>];
  expect([...b.keys()]).toEqual([...a.keys()]);
  for (const [path, bytes] of a) {
    expect([path, b.get(path)!.length]).toEqual([path, bytes.length]);
    expect(maskRandom(path, b.get(path)!)).toBe(maskRandom(path, bytes));
  }
  // the content hashes, the tables and all counts are the same to the byte: only what commits differs
  const differs = [...a].flatMap(([path, bytes]) => (b.get(path)!.equals(bytes) ? [] : [path]));
  expect(differs).toEqual(['data/commitments/benchmark.txt', 'data/datapackage.json', 'data/ro-crate-metadata.json', 'index.html', 'manifest-sha256.txt', 'release.json', 'tagmanifest-sha256.txt']);
  const [x, y] = [document(left, versions[0]), document(right, versions[1])];
  expect(y.digests.content).toBe(x.digests.content);
  const bare = (each: ReleaseDocument) => ({ ...each, digests: { ...each.digests, manifest: '', page: '' }, commitments: each.commitments!.map((one) => ({ ...one, root: '', commitment: '' })), seeds: each.seeds!.map((one) => ({ ...one, commitment: '' })) });
  expect(bare(y)).toEqual(bare(x));
}

describe('the distinguishing game: nobody can tell by the release what is hidden', () => {
  /** A second world: the same workspace up to the frozen split, then with other hidden cases. */
  async function otherWorld(name: string, config: SmallConfig, change: (cases: SmallCase[], hidden: ReadonlySet<string>) => SmallCase[]): Promise<string> {
    const other = join(folder, name);
    cpSync(root, other, { recursive: true });
    rmSync(join(other, 'releases'), { recursive: true, force: true });
    const workspace = configureSmall(other, config);
    await pullSmall(workspace, change([...CASES], new Set(hiddenOnes())));
    await commitHiddenPart(workspace, 'benchmark', { key: join(folder, `${name}.key`) }, EFFECTS);
    await publishSmall(workspace);
    return other;
  }

  const flip = (each: SmallCase): SmallCase => ({ ...each, label: each.label === 'mark-positive' ? 'mark-negative' : 'mark-positive', results: each.results.map((result) => 96 - result) });

  test('labels, values, number and order of cases that stay out', async () => {
    const workspace = frozen(root);
    const worlds = [
      await otherWorld('labels', KEPT_OUT, (cases, hidden) => cases.map((each) => (hidden.has(each.case_id) ? flip(each) : each))),
      await otherWorld('fewer', KEPT_OUT, (cases, hidden) => cases.filter(({ case_id }) => !hidden.has(case_id) || case_id === [...hidden][0])),
      await otherWorld('order', KEPT_OUT, (cases) => cases.toReversed()),
      await otherWorld('rows', KEPT_OUT, (cases, hidden) => cases.map((each) => (hidden.has(each.case_id) ? { ...each, results: [1, 2, 3, 4] } : each))),
    ];
    await commit(workspace);
    await publishSmall(workspace);
    for (const world of worlds) expectIndistinguishable(root, world);
  });

  test('labels of cases that are released without them', async () => {
    const config: SmallConfig = { splits: { benchmark: benchmark({ hidden: { part: 'test', columns: ['label', 'measurement.result'] } }) } };
    const workspace = frozen(root, config);
    const world = await otherWorld('labels', config, (cases, hidden) => cases.map((each) => (hidden.has(each.case_id) ? flip(each) : each)));
    await commit(workspace);
    await publishSmall(workspace);
    expectIndistinguishable(root, world);
  });

  test('membership and number, when nothing but the part is hidden of released cases', async () => {
    const hide = (train: number): SmallConfig => ({ splits: { benchmark: { parts: { train, test: 1 - train }, seed: { file: 'private/benchmark.seed' }, hidden: { part: 'test', columns: [] } } } });
    const first = root;
    const left = await makeFrozen(root, hide(0.7), CASES);
    await commit(left);
    await publishSmall(left);
    const members = hiddenOnes();
    root = join(folder, 'second');
    const right = await makeFrozen(root, hide(0.45), CASES);
    await commitHiddenPart(right, 'benchmark', { key: join(folder, 'second.key') , size: 256 }, EFFECTS);
    await publishSmall(right);
    expect(members.length).toBe(12);
    expect(hiddenOnes().length).toBe(22);
    expect(document().splits).toEqual([]);
    expectIndistinguishable(first, root);
  });
});
