import { nonLinearReason } from '../clinical/pattern.js';
import type { Check, CheckInput, Coverage, FindingDraft } from './check.js';

/** SCH-020: patterns of the pack again, here also for a pack that did not come through the loader. */
export const patternCheck: Check = {
  codes: ['SCH-020'],
  async *run(input: CheckInput, coverage: Coverage): AsyncGenerator<FindingDraft> {
    if (input.pack === null) return coverage.notApplicable('SCH-020', 'no schema is configured');
    let count = 0;
    for (const [table, schema] of input.pack.tables)
      for (const pattern of patternsIn(schema.json)) {
        count++;
        const reason = nonLinearReason(pattern);
        if (reason !== null)
          yield {
            code: 'SCH-020',
            message: `A pattern of the schema of ${table} ${reason}.`,
            location: { kind: 'table', table },
            expected: 'a pattern that is matched in linear time',
            found: pattern,
            content: pattern,
          };
      }
    if (count === 0) coverage.notApplicable('SCH-020', 'no schema has a pattern');
    else coverage.looked('SCH-020', count);
  },
};

function* patternsIn(schema: unknown): Generator<string> {
  if (typeof schema !== 'object' || schema === null) return;
  for (const [key, value] of Object.entries(schema)) {
    if (key === 'pattern' && typeof value === 'string') yield value;
    else if (key === 'patternProperties') yield* Object.keys(value as object);
    yield* patternsIn(value);
  }
}
