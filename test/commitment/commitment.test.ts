import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { auditProof } from '../../src/commitment/audit-proof.js';
import { auditReveal } from '../../src/commitment/audit-reveal.js';
import { buildCommitment, keyCheck, nameCommitment, paddedSize } from '../../src/commitment/commitment.js';
import { openRows, proveRow } from '../../src/commitment/opening.js';
import { findListDefect, formatEntries, type Published } from '../../src/commitment/published.js';
import { commitPadding, commitRow, paddingKey, paddingNonce, rowNonce } from '../../src/commitment/row-commitment.js';
import type { CommitmentIdentity, CommitmentOpening, CommittedRow, ProofDocument } from '../../src/model/commitment.js';

const KEY = Buffer.alloc(32, 7);
const NAMES = { dataset: 'chest', split: 'benchmark' };
const COLUMNS = ['finding', 'reads'];

function rowsOf(count: number): CommittedRow[] {
  return Array.from({ length: count }, (_, at) => ({
    case_id: `case-${at}`,
    part: 'test',
    columns: { finding: { cell: at % 3 === 0 ? 'Yes' : 'No' }, reads: { rows: [{ key: `r${at}`, cell: at }, { key: null, cell: null }] } },
  }));
}

function commit(rows: readonly CommittedRow[], size = 16, key: Uint8Array = KEY, sequence = 1) {
  const identity: CommitmentIdentity = { ...NAMES, commitment: nameCommitment(key, NAMES, sequence, rows) };
  return { identity, built: buildCommitment(key, identity, rows, size) };
}

type Built = ReturnType<typeof commit>['built'];

function publishedBy({ identity, entries, root }: Built, listed = true): Published {
  return {
    dataset: identity.dataset,
    reference: { ...identity, part: 'test', columns: COLUMNS, algorithm: 'colophon-commitment/1', root, size: entries.length, path: 'data/commitments/benchmark.txt' },
    entries: listed ? new Set(entries.map((entry) => entry.toString('hex'))) : null,
  };
}

const kinds = (problems: { kind: string }[]) => [...new Set(problems.map(({ kind }) => kind))];
const copy = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const cell = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string(), { maxLength: 3 }));
const someRow: fc.Arbitrary<CommittedRow> = fc.record({
  case_id: fc.string({ minLength: 1 }),
  part: fc.string({ minLength: 1 }),
  columns: fc.dictionary(fc.stringMatching(/^[a-z]{1,4}$/), cell.map((value) => ({ cell: value })), { maxKeys: 3 }),
});
const nonce = fc.uint8Array({ minLength: 32, maxLength: 32 });

describe('a row commitment binds', () => {
  test('the format is fixed, and the same in another language (computed once with hashlib and hmac of Python): old releases must stay auditable', () => {
    const identity = { ...NAMES, commitment: '0123456789abcdef0123456789abcdef' };
    const [row] = rowsOf(1) as [CommittedRow];
    const fixed = rowNonce(KEY, identity, row.case_id);
    expect(fixed.toString('hex')).toBe('fa49403a18b30adb8bfa776cefe4b8aba8bcc704f137967eff588c499daee204');
    expect(commitRow(identity, row, fixed).toString('hex')).toBe('72d5b0f6afc94bba47d2cec9a63f496d09c50f47cc327da44e8e7382c915d10a');
    expect(commitPadding(paddingNonce(paddingKey(KEY, identity), 3)).toString('hex')).toBe('13bc7f1ceb43a679fabb2f319c74badbe9e114aedee0798186a28f9b74097a57');
    expect(buildCommitment(KEY, identity, rowsOf(5), 8).root).toBe('16c40ee1e3a8909c576381bd27037cd5ab92b1a17492aced5640fb8776c479fd');
  });

  test('dataset, split, commitment, case, part, every value and the nonce', () => {
    const identity = fc.record({ dataset: fc.string(), split: fc.string(), commitment: fc.string() });
    fc.assert(
      fc.property(identity, someRow, nonce, identity, someRow, nonce, (a, row, n, b, other, m) => {
        const same = JSON.stringify([a, row, [...n]]) === JSON.stringify([b, other, [...m]]);
        fc.pre(!same);
        const first = commitRow(a, row, n);
        for (const key of ['dataset', 'split', 'commitment'] as const) if (a[key] !== b[key]) expect(commitRow({ ...a, [key]: b[key] }, row, n).equals(first)).toBe(false);
        if (row.case_id !== other.case_id) expect(commitRow(a, { ...row, case_id: other.case_id }, n).equals(first)).toBe(false);
        if (row.part !== other.part) expect(commitRow(a, { ...row, part: other.part }, n).equals(first)).toBe(false);
        expect(commitRow(a, { ...row, columns: { ...row.columns, more: { cell: null } } }, n).equals(first)).toBe(false);
        for (const name of Object.keys(row.columns)) expect(commitRow(a, { ...row, columns: { ...row.columns, [name]: { cell: ['another', 'value', 'x'] } } }, n).equals(first)).toBe(JSON.stringify(row.columns[name]) === '{"cell":["another","value","x"]}');
        if (!Buffer.from(n).equals(Buffer.from(m))) expect(commitRow(a, row, m).equals(first)).toBe(false);
        expect(commitPadding(n).equals(first)).toBe(false);
      }),
    );
  });

  test('a text is no number, an empty cell no empty text, a list no text with a comma', () => {
    const identity = { ...NAMES, commitment: '0' };
    const values = ['1', 1, '', null, 'a,b', ['a', 'b'], ['a,b'], true, 'true', 'null', []];
    const commitments = values.map((value) => commitRow(identity, { case_id: 'a', part: 'p', columns: { x: { cell: value } } }, Buffer.alloc(32)).toString('hex'));
    expect(new Set(commitments).size).toBe(values.length);
  });
});

describe('nonces', () => {
  test('no two of them are equal: not of cases, not of commitments, splits or datasets, not of dummy rows', () => {
    const seen = new Set<string>();
    let made = 0;
    for (const dataset of ['a', 'b'])
      for (const split of ['s', 't'])
        for (const commitment of ['1', '2']) {
          for (let at = 0; at < 20; at++) {
            seen.add(rowNonce(KEY, { dataset, split, commitment }, `c${at}`).toString('hex'));
            seen.add(paddingNonce(paddingKey(KEY, { dataset, split, commitment }), at).toString('hex'));
            made += 2;
          }
        }
    expect(seen.size).toBe(made);
  });

  test('other rows, another number or another key give another commitment, whose nonces are all new', () => {
    const rows = rowsOf(4);
    const changed = copy(rows);
    changed[2]!.columns.finding = { cell: 'Maybe' };
    const names = [nameCommitment(KEY, NAMES, 1, rows), nameCommitment(KEY, NAMES, 1, changed), nameCommitment(KEY, NAMES, 2, rows), nameCommitment(Buffer.alloc(32, 8), NAMES, 1, rows)];
    expect(new Set(names).size).toBe(4);
    const nonces = names.flatMap((commitment) => rows.map(({ case_id }) => rowNonce(KEY, { ...NAMES, commitment }, case_id).toString('hex')));
    expect(new Set(nonces).size).toBe(16);
    expect(nameCommitment(KEY, NAMES, 1, rows)).toBe(names[0]);
  });
});

describe('what is published hides', () => {
  /** All that an adversary sees. */
  const view = (rows: readonly CommittedRow[], size: number, key: Uint8Array) => {
    const { built } = commit(rows, size, key);
    return { entries: built.entries.map((entry) => entry.toString('hex')), root: built.root, text: formatEntries(built.entries) };
  };

  test('whatever the rows, their number and their order: so many numbers of 64 digits, ascending, none met before', () => {
    const manyRows = fc.uniqueArray(someRow, { maxLength: 12, selector: ({ case_id }) => case_id });
    fc.assert(
      fc.property(manyRows, manyRows, fc.uint8Array({ minLength: 32, maxLength: 32 }), (left, right, key) => {
        const [a, b] = [view(left, 16, key), view(right, 16, key)];
        for (const { entries, text } of [a, b]) {
          expect(entries).toHaveLength(16);
          expect(entries).toEqual([...new Set(entries)].sort());
          expect(text).toHaveLength(16 * 65);
          expect(/^([0-9a-f]{64}\n){16}$/.test(text)).toBe(true);
        }
        if (JSON.stringify(left) !== JSON.stringify(right)) expect(a.entries.filter((entry) => b.entries.includes(entry))).toEqual([]);
      }),
      { numRuns: 60 },
    );
  });

  test('places tell nothing: the first row is anywhere, and a real row is as early as a dummy', () => {
    const places: number[] = [];
    let early = 0;
    for (let at = 0; at < 400; at++) {
      const key = Buffer.alloc(32);
      key.writeUInt32BE(at);
      const rows = rowsOf(8);
      const { built, identity } = commit(rows, 16, key);
      const at0 = commitRow(identity, rows[0]!, rowNonce(key, identity, 'case-0')).toString('hex');
      places.push(built.entries.findIndex((entry) => entry.toString('hex') === at0));
      const real = new Set(rows.map((row) => commitRow(identity, row, rowNonce(key, identity, row.case_id)).toString('hex')));
      early += built.entries.slice(0, 8).filter((entry) => real.has(entry.toString('hex'))).length;
    }
    // mean place 7.5, standard deviation 4.6 / 20; of 8 rows 4 in the first half: six standard errors each
    expect(Math.abs(places.reduce((sum, place) => sum + place, 0) / places.length - 7.5)).toBeLessThan(1.4);
    expect(Math.abs(early / 400 - 4)).toBeLessThan(0.32);
  });

  test('the size follows from the visible cases as long as no more than twice as many are hidden', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 5_000_000 }), fc.nat(), fc.nat(), (visible, a, b) => {
        const [x, y] = [a, b].map((hidden) => hidden % (2 * visible + 1)) as [number, number];
        expect(paddedSize(visible, x)).toBe(paddedSize(visible, y));
        expect(paddedSize(visible, x)).toBeGreaterThanOrEqual(Math.max(x, 256));
      }),
    );
    expect(paddedSize(10, 300)).toBe(512);
  });

  test('a proof tells nothing of the other rows: it is the same but for the hashes on its way, whatever they hold', () => {
    const rows = rowsOf(6);
    const others = copy(rows);
    for (const row of others.slice(1)) row.columns.finding = { cell: 'Maybe' };
    const proofs = [rows, others.slice(0, 3)].map((list) => {
      const { built } = commit(list, 16);
      return proveRow(KEY, built, list[0]!);
    });
    const shapes = proofs.map(({ path, size, row }) => ({ path: path.length, size, case_id: row.case_id, columns: row.columns }));
    expect(shapes[0]).toEqual(shapes[1]);
    for (const { case_id } of rows.slice(1)) expect(JSON.stringify(proofs[0])).not.toContain(`"${case_id}"`);
  });

  test('the check value tells keys apart and is no part of one', () => {
    expect(keyCheck(KEY, NAMES)).not.toBe(keyCheck(Buffer.alloc(32, 8), NAMES));
    expect(keyCheck(KEY, NAMES)).toHaveLength(16);
    expect(KEY.toString('hex')).not.toContain(keyCheck(KEY, NAMES));
  });
});

describe('a proof', () => {
  const rows = rowsOf(5);
  const { built } = commit(rows);
  const proof = proveRow(KEY, built, rows[3]!);

  test('of every row is accepted, with the list and with the root alone', () => {
    for (const row of rows) for (const listed of [true, false]) expect(auditProof(proveRow(KEY, built, row), publishedBy(built, listed))).toEqual([]);
    expect(auditProof(proof, { dataset: null, reference: { root: built.root }, entries: null })).toEqual([]);
  });

  const forged: [name: string, kind: string, change: (proof: ProofDocument) => void][] = [
    ['a label', 'wrong-row', ({ row }) => (row.columns.finding = { cell: 'Maybe' })],
    ['a label of another type', 'wrong-row', ({ row }) => (row.columns.reads = { rows: [{ key: 'r3', cell: '3' }, { key: null, cell: null }] })],
    ['the case', 'wrong-row', ({ row }) => (row.case_id = 'case-4')],
    ['the part', 'wrong-part', ({ row }) => (row.part = 'train')],
    ['a column left out', 'wrong-row', ({ row }) => delete row.columns.reads],
    ['a column more', 'wrong-row', ({ row }) => (row.columns.more = { cell: 1 })],
    ['the nonce', 'wrong-row', ({ row }) => (row.nonce = '0'.repeat(64))],
    ['the path', 'wrong-path', ({ path }) => (path[1] = '0'.repeat(64))],
    ['a path cut short', 'wrong-path', ({ path }) => path.pop()],
    ['a path that is no hex', 'wrong-path', ({ path }) => (path[0] = 'zz')],
    ['the place', 'wrong-path', (each) => (each.index = (each.index + 1) % 16)],
    ['a place far out', 'wrong-path', (each) => (each.index = 2 ** 52)],
    ['the size', 'wrong-size', (each) => (each.size = 8)],
    ['the root', 'wrong-root', (each) => (each.root = '0'.repeat(64))],
    ['the dataset', 'other-dataset', (each) => (each.dataset = 'head')],
    ['the split', 'other-split', (each) => (each.split = 'folds')],
    ['the commitment', 'other-commitment', (each) => (each.commitment = '0'.repeat(32))],
  ];
  test.each(forged)('with %s changed is refused as %s', (_name, kind, change) => {
    const changed = copy(proof);
    change(changed);
    expect(kinds(auditProof(changed, publishedBy(built)))).toContain(kind);
    // with nothing but the root known it is refused all the same, unless only what the root does not need was changed
    const byRoot = auditProof(changed, { dataset: null, reference: { root: built.root }, entries: null });
    expect(byRoot.length > 0).toBe(true);
  });

  test('of another commitment to the same rows is refused', () => {
    const again = commit(rows, 16, KEY, 2).built;
    expect(kinds(auditProof(proveRow(KEY, again, rows[0]!), publishedBy(built)))).toEqual(expect.arrayContaining(['other-commitment', 'wrong-root', 'wrong-row']));
  });

  test('no second opening: whatever else is shown for a case is refused', () => {
    fc.assert(
      fc.property(someRow, nonce, fc.nat(15), (other, n, index) => {
        const shown: ProofDocument = { ...proof, index, row: { ...other, nonce: Buffer.from(n).toString('hex') } };
        expect(auditProof(shown, publishedBy(built)).length).toBeGreaterThan(0);
        expect(auditProof(shown, publishedBy(built, false)).length).toBeGreaterThan(0);
      }),
    );
  });

  test('a dummy row cannot be shown as a case, nor a row that is not committed be proven', () => {
    const dummy = paddingNonce(paddingKey(KEY, built.identity), 0);
    expect(auditProof({ ...proof, row: { ...proof.row, nonce: dummy.toString('hex') } }, publishedBy(built)).length).toBeGreaterThan(0);
    expect(() => proveRow(KEY, built, { ...rows[0]!, case_id: 'case-9' })).toThrow(RangeError);
  });
});

describe('a reveal', () => {
  const rows = rowsOf(5);
  const { identity, built } = commit(rows);
  const opening = openRows(KEY, built, rows);
  const audit = (each: CommitmentOpening, listed = true, of = identity) => auditReveal({ ...of, commitment: each.commitment }, each, publishedBy(built, listed));

  test('is accepted, in any order of its rows, with the list and with the root alone', () => {
    expect(audit(opening)).toEqual({ problems: [], confirmed: 5 });
    expect(audit({ ...opening, rows: opening.rows.toReversed() })).toEqual({ problems: [], confirmed: 5 });
    expect(audit(opening, false)).toEqual({ problems: [], confirmed: 5 });
  });

  test('of no rows, or with no padding, is accepted', () => {
    for (const count of [0, 16]) {
      const some = commit(rowsOf(count)).built;
      const whole = openRows(KEY, some, rowsOf(count));
      expect(auditReveal(some.identity, whole, publishedBy(some))).toEqual({ problems: [], confirmed: count });
    }
  });

  const forged: [name: string, expected: string[], byRoot: string[], change: (each: CommitmentOpening) => void][] = [
    ['a label changed', ['wrong-row case-1'], ['wrong-root'], (each) => (each.rows[1]!.columns.finding = { cell: 'Maybe' })],
    ['two labels changed', ['wrong-row case-1', 'wrong-row case-2'], ['wrong-root'], (each) => each.rows.slice(1, 3).forEach((row) => (row.columns.finding = { cell: 'Maybe' }))],
    ['a part changed', ['wrong-part case-0', 'wrong-row case-0'], ['wrong-part', 'wrong-root'], (each) => (each.rows[0]!.part = 'train')],
    ['a nonce changed', ['wrong-row case-4'], ['wrong-root'], (each) => (each.rows[4]!.nonce = 'f'.repeat(64))],
    ['a row left out', ['missing-row'], ['wrong-root'], (each) => each.rows.pop()],
    ['two rows left out', ['missing-row'], ['wrong-root'], (each) => each.rows.splice(0, 2)],
    ['a row added', ['extra-row case-9'], ['wrong-root'], (each) => each.rows.push({ ...each.rows[0]!, case_id: 'case-9' })],
    ['a row twice', ['duplicate-case case-0'], ['duplicate-case', 'wrong-root'], (each) => each.rows.push(each.rows[0]!)],
    ['a row twice for another', ['duplicate-case case-0', 'missing-row'], ['duplicate-case', 'wrong-root'], (each) => (each.rows[1] = each.rows[0]!)],
    ['one added, one left out', ['wrong-row case-9'], ['wrong-root'], (each) => (each.rows[2] = { ...each.rows[2]!, case_id: 'case-9' })],
    ['the padding key changed', ['missing-row'], ['wrong-root'], (each) => (each.padding_key = '0'.repeat(64))],
    ['another root', ['wrong-root'], ['wrong-root'], (each) => (each.root = '0'.repeat(64))],
    ['another size', ['wrong-size'], ['wrong-size', 'wrong-root'], (each) => (each.size = 8)],
    ['another commitment', ['other-commitment', 'wrong-row case-0'], ['other-commitment', 'wrong-root'], (each) => (each.commitment = '0'.repeat(32))],
  ];
  test.each(forged)('with %s is refused, and what is wrong is named', (_name, expected, byRoot, change) => {
    const changed = copy(opening);
    change(changed);
    const named = audit(changed).problems.map(({ kind, case_id }) => (case_id === null ? kind : `${kind} ${case_id}`));
    expect(named).toEqual(expect.arrayContaining(expected));
    if (!expected.includes('other-commitment')) expect(named.length).toBe(expected.length);
    expect(kinds(audit(changed, false).problems)).toEqual(expect.arrayContaining(byRoot));
  });

  test('of another dataset or split is named', () => {
    expect(kinds(audit(opening, true, { ...identity, dataset: 'head' }).problems)).toContain('other-dataset');
    expect(kinds(audit(opening, true, { ...identity, split: 'folds' }).problems)).toContain('other-split');
  });

  test('a case that was committed to twice, with both labels, is found out', () => {
    const twice = [...rowsOf(2), { ...rowsOf(1)[0]!, columns: { finding: { cell: 'No' }, reads: { rows: [] } } }] as CommittedRow[];
    const cheat = commit(twice).built;
    const shown = openRows(KEY, cheat, twice);
    expect(kinds(auditReveal(cheat.identity, shown, publishedBy(cheat)).problems)).toContain('duplicate-case');
    expect(kinds(auditReveal(cheat.identity, { ...shown, rows: shown.rows.slice(0, 2) }, publishedBy(cheat)).problems)).toContain('missing-row');
  });
});

describe('the list of row commitments', () => {
  const { built } = commit(rowsOf(5));
  const reference = { root: built.root, size: 16 };
  const lines = formatEntries(built.entries).trimEnd().split('\n');

  test('leads to the root, and every change of it is found', () => {
    expect(findListDefect(lines, reference)).toBe(null);
    expect(findListDefect(lines.slice(1), reference)).toContain('15 row commitments');
    expect(findListDefect(lines.toReversed(), reference)).toContain('line 2');
    expect(findListDefect([...lines.slice(0, 15), lines[14]!], reference)).toContain('line 16');
    expect(findListDefect(['0'.repeat(64), ...lines.slice(1)], reference)).toContain('root');
    expect(findListDefect(['no hex', ...lines.slice(1)], reference)).toContain('line 1');
  });
});
