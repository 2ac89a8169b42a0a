import { CurationError } from '../errors.js';

/** Characters shown on each side of a fault. */
const AROUND = 24;

/** A place in the text of an expression. */
export interface Place {
  at: number;
  length: number;
}

/** An error that points at a place of an expression: what is wrong, where, what was expected and what to do. */
export function faultAt(text: string, { at, length }: Place, message: string, details: { expected?: string; suggestions?: string[] } = {}): CurationError {
  const start = Math.max(0, at - AROUND);
  const end = Math.min(text.length, at + length + AROUND);
  const marked = length === 0 ? '▸◂' : `▸${text.slice(at, at + length)}◂`;
  const found = `${start > 0 ? '…' : ''}${text.slice(start, at)}${marked}${text.slice(at + length, end)}${end < text.length ? '…' : ''}`;
  const suggestions = details.suggestions?.map(showControls);
  return new CurationError('USAGE', showControls(`--only, character ${at + 1}: ${message}`), { ...details, ...(suggestions === undefined ? {} : { suggestions }), found: showControls(found) });
}

/** Names come from tables of strangers: what a terminal would obey is shown as U+FFFD. */
function showControls(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, '\uFFFD');
}
