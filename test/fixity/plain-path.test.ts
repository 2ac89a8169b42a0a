import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { unpublishablePathReason } from '../../src/fixity/safe-path.js';

/** An element that never passes the short cut and breaks no rule itself, so that the long way is taken for the rest. */
const DETOUR = 'é/';

test('law: the short cut for plain paths says what the rules say', () => {
  const element = fc.oneof(
    fc.constantFrom('CON', 'con.dcm', 'aux', 'lpt1', 'lpt1.x', 'com0', 'nul', 'nulls', 'a.', '.', '..', '.a', 'a..b', '', '-', '1.2.840'),
    fc.string({ unit: fc.constantFrom(...'abcCON19._- %~:'), maxLength: 6 }),
  );
  fc.assert(
    fc.property(fc.array(element, { minLength: 1, maxLength: 4 }), (elements) => {
      const path = elements.join('/');
      // A rule about how a path begins cannot be met behind the detour.
      fc.pre(!/^[/~]|^[A-Za-z]:|^$/.test(path));
      return (unpublishablePathReason(path) === null) === (unpublishablePathReason(DETOUR + path) === null);
    }),
    { numRuns: 2000 },
  );
});

test.each(['data/images/case-1/1.2.3/4.5/6.7.dcm', 'data/tables/clinical_case.parquet'])('%s may be published', (path) => {
  expect(unpublishablePathReason(path)).toBeNull();
});
