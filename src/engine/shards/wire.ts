import assert from 'node:assert';

/** Marks a value that JSON has no form for; no result of a task has a key of this name. */
const TAG = '$colophon';

/**
 * JSON of an item, a result or the data of a task, as it crosses from one machine to another. BigInts and undefined in arrays are
 * marked, so that `decodeValue` gives the same value; keys with undefined are left out.
 */
export function encodeValue(value: unknown): string {
  return JSON.stringify(value === undefined ? { [TAG]: 'undefined' } : value, (_, member: unknown) => {
    if (typeof member === 'bigint') return { [TAG]: 'bigint', value: String(member) };
    if (Array.isArray(member) && member.includes(undefined)) return member.map((each: unknown) => (each === undefined ? { [TAG]: 'undefined' } : each));
    assert(typeof member !== 'number' || Number.isFinite(member), 'JSON has no form for NaN and infinities');
    return member;
  });
}

/** The value that `encodeValue` was given. @throws {SyntaxError} when the text is no JSON */
export function decodeValue(text: string): unknown {
  if (!text.includes(TAG)) return JSON.parse(text) as unknown;
  const undefinedValue = Symbol('undefined');
  const value = JSON.parse(text, (_, member: unknown) => {
    if (Array.isArray(member)) return member.map((each: unknown) => (each === undefinedValue ? undefined : each));
    if (typeof member !== 'object' || member === null || !(TAG in member)) return member;
    const { [TAG]: kind, value: digits } = member as { [TAG]: unknown; value?: unknown };
    return kind === 'bigint' ? BigInt(String(digits)) : undefinedValue;
  }) as unknown;
  return value === undefinedValue ? undefined : value;
}
