import type { Check, CheckInput, Coverage, FindingDraft, LoggedRelease } from '../check.js';

/** GOV-006: the log of releases has no hole, each entry names the one before, versions rise, and no release was edited. */
export const releaseLogCheck: Check = {
  codes: ['GOV-006'],
  async *run({ governance, today }: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    const { log } = governance;
    if (log.length === 0) return coverage.notApplicable('GOV-006', 'nothing was released before');
    coverage.looked('GOV-006', log.length);
    for (const [index, entry] of log.entries())
      for (const defect of entryDefects(entry, log[index - 1], index === log.length - 1, today))
        yield { code: 'GOV-006', location: { kind: 'file', path: `releases/log/${entry.sequence}.json`, key: entry.version }, content: entry.digest, ...defect };
  },
};

type Defect = Pick<FindingDraft, 'message' | 'level' | 'expected' | 'found' | 'hint'>;

function* entryDefects(entry: LoggedRelease, before: LoggedRelease | undefined, isLast: boolean, today: string): Generator<Defect> {
  const sequence = (before?.sequence ?? 0) + 1;
  if (entry.sequence !== sequence) yield { message: 'The log of releases has a hole before this entry.', expected: `number ${sequence}`, found: `number ${entry.sequence}` };
  if (entry.previous !== (before?.digest ?? null))
    yield { message: 'The release does not name the one before it.', expected: before === undefined ? 'no release before' : `sha256 ${shorten(before.digest)}`, found: entry.previous === null ? 'none' : `sha256 ${shorten(entry.previous)}` };
  if (before !== undefined && compareVersions(before.version, entry.version) >= 0)
    yield { message: 'The version is no successor of the one before.', expected: `more than ${before.version}`, found: entry.version };
  if (entry.date > today || (before !== undefined && entry.date < before.date)) yield { message: 'The date of the release is in the future, or before that of the one before.', found: entry.date };
  if (entry.status === 'edited') yield { message: 'The release was edited: its release.json is not the one that was published.', hint: 'Bring the folder back from a copy; a published release never changes.' };
  if (entry.status === 'missing')
    yield { level: isLast ? 'error' : 'warning', message: 'The folder of the release is not here, so nobody can compare with it.', hint: 'Bring the folder back from a copy.' };
}

function shorten(digest: string): string {
  return `${digest.slice(0, 12)}…`;
}

/** Semantic versions of three numbers; negative when `a` is less. */
function compareVersions(a: string, b: string): number {
  const [x, y] = [a.split('.').map(Number), b.split('.').map(Number)];
  for (const index of [0, 1, 2]) if (x[index] !== y[index]) return (x[index] ?? 0) - (y[index] ?? 0);
  return 0;
}
