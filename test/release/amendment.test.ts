import fc from 'fast-check';
import { describe, expect, test } from '@jest/globals';
import { withdrawalsOf, type AmendmentDocument } from '../../src/model/amendment.js';
import { finalReplacement } from '../../src/model/replacement.js';
import type { Withdrawal } from '../../src/model/workspace-files.js';
import { nextAmendment, type AmendmentFacts, type PreviousAmendment } from '../../src/release/withdrawal/amendment.js';
import { canonicalJson } from '../../src/fixity/canonical-json.js';
import { sha256Hex } from '../../src/fixity/digest.js';

const LOG = ['1.0.0', '1.1.0', '2.0.0'].map((version, index) => ({ version, sequence: index + 1, digest: sha256Hex(version) }));
const hold = (case_id: string, ...versions: string[]) => [case_id, versions.map((version) => ({ version, digest: sha256Hex(`${case_id} ${version}`) }))] as const;

function facts(withdrawals: Withdrawal[], more: Partial<AmendmentFacts> = {}): AmendmentFacts {
  return { dataset: 'demo', date: '2026-03-01', log: LOG.slice(0, 2), withdrawals, held: new Map([hold('A', '1.0.0', '1.1.0'), hold('B', '1.1.0')]), published: new Set(['A', 'B', 'C']), ...more };
}

const withdrawal = (case_id: string, more: Partial<Withdrawal> = {}): Withdrawal => ({ case_id, reason: 'consent', date: '2026-02-20', note: 'INTERNAL', ...more });
const stored = (document: AmendmentDocument | null): PreviousAmendment => ({ document: document!, digest: sha256Hex(canonicalJson(document)) });

describe('the next amendment', () => {
  test('tells the case, the releases that hold it, and nothing internal', () => {
    expect(nextAmendment(null, facts([withdrawal('A', { replacement: 'C' })]))).toEqual({
      format: 'colophon-amendment/1', dataset: 'demo', number: 1, date: '2026-03-01', previous: null, latest: LOG[1], releases: LOG.slice(0, 2),
      withdrawn: [{ case_id: 'A', reason: 'consent', date: '2026-02-20', replacement: 'C', since_version: null, releases: ['1.0.0', '1.1.0'].map((version) => ({ version, case_digest: null })) }],
    }); // prettier-ignore
  });

  test('is not needed for a case that was never released, nor when nothing is new', () => {
    expect(nextAmendment(null, facts([withdrawal('Z')]))).toBeNull();
    const first = nextAmendment(null, facts([withdrawal('A')]));
    expect(nextAmendment(stored(first), facts([withdrawal('A'), withdrawal('Z')], { date: '2027-01-01' }))).toBeNull();
  });

  test('names the first release without the case when there is one', () => {
    const first = nextAmendment(null, facts([withdrawal('A')]));
    expect(nextAmendment(stored(first), facts([withdrawal('A')], { log: LOG }))).toMatchObject({ number: 2, previous: { number: 1 }, latest: { version: '2.0.0' }, withdrawn: [{ since_version: '2.0.0' }] });
  });

  test('for phi tells content digests, and neither id nor replacement; once told so, always told so', () => {
    const first = nextAmendment(null, facts([withdrawal('A', { reason: 'phi', replacement: 'C' }), withdrawal('B', { replacement: 'A' })]));
    expect(first?.withdrawn).toMatchObject([
      { case_id: 'B', replacement: null },
      { case_id: null, replacement: null, releases: [{ version: '1.0.0', case_digest: sha256Hex('A 1.0.0') }, { version: '1.1.0', case_digest: sha256Hex('A 1.1.0') }] },
    ]);
    expect(canonicalJson(first)).not.toMatch(/"A"|"C"|INTERNAL/);
    expect(nextAmendment(stored(first), facts([withdrawal('A', { reason: 'consent' }), withdrawal('B')]))?.withdrawn[1]).toMatchObject({ case_id: null, reason: 'consent', releases: [{ case_digest: sha256Hex('A 1.0.0') }, {}] });
  });

  test('a reason that becomes phi takes the id out', () => {
    const first = nextAmendment(null, facts([withdrawal('A')]));
    const second = nextAmendment(stored(first), facts([withdrawal('A', { reason: 'phi' })]));
    expect(second?.withdrawn).toMatchObject([{ case_id: null, reason: 'phi' }]);
    expect(second?.withdrawn).toHaveLength(1);
  });

  test('keeps what an earlier one said when withdrawals.yaml, or the releases that held a case, are lost', () => {
    const first = nextAmendment(null, facts([withdrawal('A', { reason: 'phi' }), withdrawal('B')]));
    const second = nextAmendment(stored(first), facts([], { log: LOG, held: new Map() }));
    expect(second?.withdrawn.map(({ since_version, ...rest }) => [since_version, rest])).toEqual(first?.withdrawn.map(({ since_version: _, ...rest }) => ['2.0.0', rest]));
    const third = nextAmendment(stored(first), facts([withdrawal('B')], { log: LOG.slice(0, 2), held: new Map() }));
    expect(third).toBeNull();
  });

  test('a replacement that no release holds is not named: it may be one that is kept back', () => {
    expect(nextAmendment(null, facts([withdrawal('A', { replacement: 'hidden' })]))?.withdrawn[0]?.replacement).toBeNull();
  });

  test('does not go back in time', () => {
    const first = nextAmendment(null, facts([withdrawal('A')], { date: '2026-05-01' }));
    expect(nextAmendment(stored(first), facts([withdrawal('A'), withdrawal('B')], { date: '2026-04-01' }))?.date).toBe('2026-05-01');
  });

  test('law: whatever is withdrawn, lost and found again, no case that was told of is ever forgotten', () => {
    const cases = ['A', 'B', 'C', 'D'];
    const held = new Map(cases.map((id, index) => hold(id, ...LOG.slice(index % 2, 2).map(({ version }) => version))));
    const step = fc.record({ named: fc.subarray(cases), reason: fc.constantFrom('consent' as const, 'phi' as const), log: fc.integer({ min: 2, max: 3 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        let newest: AmendmentDocument | null = null;
        const told = new Set<string>();
        for (const { named, reason, log } of steps) {
          const next: AmendmentDocument | null = nextAmendment(newest === null ? null : stored(newest), facts(named.map((id) => withdrawal(id, { reason })), { held, log: LOG.slice(0, log) }));
          newest = next ?? newest;
          for (const id of named) told.add(id);
          const found = new Set((newest?.withdrawn ?? []).map(({ case_id, releases }) => case_id ?? cases.find((id) => held.get(id)!.some(({ digest }) => digest === releases[0]!.case_digest))));
          expect([...found].sort()).toEqual([...told].sort());
          expect(newest?.withdrawn.length ?? 0).toBe(told.size);
        }
      }),
    );
  });
});

test('the withdrawals of one release, for lists and pages', () => {
  const document = nextAmendment(null, facts([withdrawal('A'), withdrawal('B')]));
  expect(withdrawalsOf(document, '1.0.0').map(({ case_id }) => case_id)).toEqual(['A']);
  expect(withdrawalsOf(document, '1.1.0').map(({ case_id }) => case_id)).toEqual(['A', 'B']);
  expect(withdrawalsOf(document, '9.0.0')).toEqual([]);
  expect(withdrawalsOf(null, '1.0.0')).toEqual([]);
});

test.each<[string, Withdrawal[], string | null]>([
  ['none', [withdrawal('A')], null],
  ['one', [withdrawal('A', { replacement: 'X' })], 'X'],
  ['one that was replaced in turn', [withdrawal('A', { replacement: 'B' }), withdrawal('B', { replacement: 'X' })], 'X'],
  ['one that was withdrawn without another', [withdrawal('A', { replacement: 'B' }), withdrawal('B')], null],
  ['a circle', [withdrawal('A', { replacement: 'B' }), withdrawal('B', { replacement: 'A' })], null],
  ['one beyond a case whose id must not be told', [withdrawal('A', { replacement: 'B' }), withdrawal('B', { reason: 'phi', replacement: 'X' })], null],
  ['that of a case whose id must not be told', [withdrawal('A', { reason: 'phi', replacement: 'X' })], null],
])('final replacement: %s', (_what, withdrawals, expected) => {
  expect(finalReplacement('A', new Map(withdrawals.map((each) => [each.case_id, each])))).toBe(expected);
});
