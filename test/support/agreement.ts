import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { iodRules } from '../../src/conformance/iod-rules.js';
import { judgeConformance } from '../../src/conformance/judge.js';
import { readDciodvfy, readFindings, type Opinion } from '../../src/inspection/opinion.js';
import { completePolicy } from '../../src/model/policy-profiles.js';
import type { FileFinding } from '../../src/model/inspection.js';
import { mutationsOf, parseWhole, rewrite } from './mutations.js';
import { writeDicom } from './dicom-writer.js';

/** How often two judges said the same. */
export interface Agreement {
  mutations: number;
  agreed: number;
  onlyOurs: number;
  onlyTheirs: number;
  /** One line each. */
  disagreements: string[];
}

const POLICY = completePolicy();

export function hasDciodvfy(): boolean {
  return spawnSync('dciodvfy', ['-version'], { stdio: 'ignore' }).error === undefined;
}

/** Findings of our rules about the bytes of a file. */
export function judgeBytes(bytes: Buffer): FileFinding[] {
  const findings: FileFinding[] = [];
  const file = parseWhole(bytes);
  if (file !== null) judgeConformance(file, POLICY, { looked: () => undefined, add: (finding) => findings.push(finding) });
  return findings;
}

/** Compares both judges on every `step`th mutation of a file; no mutations of what cannot be parsed or has no rules. */
export function compareMutations(path: string, step = 1): Agreement {
  const result: Agreement = { mutations: 0, agreed: 0, onlyOurs: 0, onlyTheirs: 0, disagreements: [] };
  const base = rewrite(path);
  if (base === null) return result;
  const folder = mkdtempSync(join(tmpdir(), 'colophon-agreement-'));
  const file = join(folder, 'mutation.dcm');
  const judge = (bytes: Buffer): { ours: Set<Opinion>; theirs: Set<Opinion> } => {
    writeFileSync(file, bytes);
    const run = spawnSync('dciodvfy', ['-new', file], { encoding: 'latin1', maxBuffer: 1 << 28 });
    return { ours: readFindings(judgeBytes(bytes)), theirs: readDciodvfy(`${run.stdout}\n${run.stderr}`) };
  };
  try {
    const bytes = writeDicom(base);
    if (iodRules(parseWhole(bytes)?.dataSet.text(0x00080016) ?? '') === null) return result;
    const before = judge(bytes);
    for (const [at, mutation] of mutationsOf(base.elements, base.transferSyntax).entries()) {
      if (at % step !== 0) continue;
      const after = judge(mutation.bytes());
      const ours = [...after.ours].filter((opinion) => !before.ours.has(opinion));
      const theirs = [...after.theirs].filter((opinion) => !before.theirs.has(opinion));
      const onlyOurs = ours.filter((opinion) => !theirs.includes(opinion));
      const onlyTheirs = theirs.filter((opinion) => !ours.includes(opinion));
      result.mutations += 1;
      if (onlyOurs.length + onlyTheirs.length === 0) result.agreed += 1;
      else result.disagreements.push(`${mutation.kind} ${mutation.path}: only ours [${onlyOurs.join(', ')}], only theirs [${onlyTheirs.join(', ')}]`);
      result.onlyOurs += onlyOurs.length;
      result.onlyTheirs += onlyTheirs.length;
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return result;
}
