import { canonicalJson } from '../fixity/canonical-json.js';
import { sha256Hex } from '../fixity/digest.js';
import type { Level, Location } from '../model/finding.js';
import type { FindingDraft } from './check.js';
import { codeEntry, type Code } from './codes.js';
import type { WaiverBook } from './waivers.js';

/** A row of the `finding` table, in its column order. */
export type FindingCells = [
  code: string,
  level: Level,
  message: string,
  location: string,
  hint: string | null,
  expected: string | null,
  found: string | null,
  fingerprint: string,
  waived: boolean,
];

/** Digits of a fingerprint: 64 bits. */
const FINGERPRINT_DIGITS = 16;

/** Longest text of a finding, in characters. */
const TEXT_CHARS = 500;

/**
 * What makes a finding the same finding in another run: rule, subject and content. Row order, line numbers and the path
 * of a table's file are no part of it, so that a re-sorted or renamed export keeps its waivers.
 */
export function fingerprintOf({ code, location, content }: Pick<FindingDraft, 'code' | 'location' | 'content'>): string {
  const { kind, path, table, key, column, tag } = location;
  const subject = [kind, table ?? path ?? null, key ?? null, column ?? null, tag ?? null];
  // A lone surrogate has no UTF-8 form, so canonical JSON refuses it.
  const text = canonicalJson([code, ...subject, content].map((part) => part?.replace(/\p{Cs}/gu, '\uFFFD') ?? null));
  return sha256Hex(text).slice(0, FINGERPRINT_DIGITS);
}

/** Makes findings of drafts and hands them on as rows; holds none of them. */
export class FindingSink {
  constructor(
    private readonly waivers: WaiverBook,
    private readonly append: (cells: FindingCells) => void,
  ) {}

  add(draft: FindingDraft): void {
    const fingerprint = fingerprintOf(draft);
    const waived = this.waivers.match(draft.code, fingerprint, draft.content) !== null;
    const level = draft.level ?? codeEntry(draft.code).level;
    const texts = [draft.hint, draft.expected, draft.found].map((text) => (text === undefined ? null : limit(text))) as [string | null, string | null, string | null];
    this.append([draft.code, level, limit(draft.message), locationJson(draft.location), ...texts, fingerprint, waived]);
  }
}

/** The members of a location in one order, so that equal places are equal texts. */
function locationJson({ kind, path, table, key, column, tag, line }: Location): string {
  return JSON.stringify({ kind, path, table, key, column, tag, line });
}

function limit(text: string): string {
  return text.length <= TEXT_CHARS ? text : `${text.slice(0, TEXT_CHARS - 1)}…`;
}

/** A finding that says that a check broke off; the message names the kind of failure, never a value. */
export function brokenCheck(codes: readonly Code[], reason: string): FindingDraft {
  return {
    code: 'GATE-INCOMPLETE',
    message: `A check broke off, so it judged nothing: ${codes.join(', ')}.`,
    location: { kind: 'dataset', key: codes.join(' ') },
    found: reason,
    content: null,
  };
}
