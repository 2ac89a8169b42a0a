import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { buildCommitment } from '../../src/commitment/commitment.js';
import { openRows, proveRow } from '../../src/commitment/opening.js';
import { commitSeed, effectiveSeed } from '../../src/commitment/seed.js';
import { CurationError } from '../../src/errors.js';
import type { CommittedRow, RevealDocument } from '../../src/model/commitment.js';
import { auditOpening } from '../../src/workflow/split-audit.js';
import { useTemporaryFolders } from '../support/temporary-folder.js';

const makeFolder = useTemporaryFolders();
const KEY = Buffer.alloc(32, 3);
const IDENTITY = { dataset: 'chest', split: 'benchmark', commitment: 'ab'.repeat(16) };
const ROWS: CommittedRow[] = ['a', 'b', 'c'].map((case_id, at) => ({ case_id, part: 'test', columns: { finding: { cell: at === 0 ? 'Yes' : 'No' }, reads: { rows: [{ key: null, cell: [at, 'x'] }] } } }));
const BUILT = buildCommitment(KEY, IDENTITY, ROWS, 8);
const TERMS = { config_digest: 'c'.repeat(64), tool: 'colophon', beacon: null };
const SEED = { secret: KEY.toString('hex'), public: 'beef', commitments: [{ commitment: commitSeed(KEY, TERMS), ...TERMS}], effective: effectiveSeed(KEY, 'chest', 'benchmark', 'beef') };
const REVEAL: RevealDocument = { format: 'colophon-reveal/1', dataset: 'chest', split: 'benchmark', opening: openRows(KEY, BUILT, ROWS), seed: SEED };
const TEXTS = [JSON.stringify(proveRow(KEY, BUILT, ROWS[1]!)), JSON.stringify(REVEAL)];

test('what was written is accepted, by the root alone', async () => {
  const path = join(makeFolder(), 'opening.json');
  for (const text of TEXTS) {
    writeFileSync(path, text);
    expect(await auditOpening(path, { root: BUILT.root })).toMatchObject({ ok: true, problems: [] });
  }
});

/** A text with some bytes changed, taken out or put in. */
const mutated = fc
  .tuple(fc.constantFrom(...TEXTS), fc.array(fc.tuple(fc.nat(), fc.constantFrom('set', 'cut', 'put'), fc.oneof(fc.constantFrom('"', '0', '{', '}', '[', 'null', '1e999', '-1', '\\u0000', '__proto__'), fc.string({ maxLength: 3 }))), { minLength: 1, maxLength: 4 }))
  .map(([text, edits]) => {
    let changed = text;
    for (const [place, kind, piece] of edits) {
      const at = place % changed.length;
      changed = changed.slice(0, at) + (kind === 'cut' ? '' : piece) + changed.slice(kind === 'put' ? at : at + 1);
    }
    return { text, changed };
  });

test('whatever was done to it, an audit ends with an error that says so or with a problem; it never passes another content', async () => {
  const path = join(makeFolder(), 'opening.json');
  await fc.assert(
    fc.asyncProperty(mutated, async ({ text, changed }) => {
      writeFileSync(path, changed);
      try {
        const report = await auditOpening(path, { root: BUILT.root });
        if (!report.ok) return;
        // passed: what was changed is white space, or another way of writing the same
        const said = JSON.parse(changed) as { size?: number };
        // one way to a root fits trees of several sizes: no size is reported then
        expect(report.size).toBe(null);
        expect(JSON.stringify('size' in said ? { ...said, size: 8 } : said)).toBe(text);
      } catch (error) {
        if (!(error instanceof CurationError)) throw error;
        expect(error.code).toBe('COMMITMENT_INVALID');
      }
    }),
    { numRuns: 2000 },
  );
});
