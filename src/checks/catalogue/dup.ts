import type { CodeEntry } from '../code-entry.js';

/** Duplicates. Rules in the order of their ids. */
export const DUP_ENTRIES = [
  {
    code: 'DUP-001',
    group: 'DUP',
    level: 'error',
    title: 'No two files hold the same bytes',
    why: 'A file counted twice weighs twice, and leaks when the two land in different parts of a split.',
    mend: 'Remove one of the two files at the source.',
    source: 'CUR',
    waivable: true,
  },
  {
    code: 'DUP-002',
    group: 'DUP',
    level: 'error',
    title: 'A SOPInstanceUID names one content',
    why: 'Two files under one UID: whichever is read last wins, and nobody knows which is right.',
    mend: 'Find out which file is right, and remove the other; it is never done automatically.',
    source: 'CUR; Posda',
    waivable: true,
  },
  {
    code: 'DUP-005',
    group: 'DUP',
    level: 'error',
    title: 'No row is there twice, and no fact under two keys',
    why: 'A test or diagnosis recorded twice is counted twice.',
    mend: 'Remove one of the two rows at the source.',
    source: 'own',
    waivable: true,
  },
  {
    code: 'DUP-007',
    group: 'DUP',
    level: 'error',
    title: 'Paths, case ids and table names differ by more than case and Unicode form',
    why: 'On Windows and macOS one of the two files overwrites the other when the release is unpacked.',
    mend: 'Rename one of them.',
    source: 'own; SEC-101',
    waivable: true,
  },
] as const satisfies readonly CodeEntry[];
