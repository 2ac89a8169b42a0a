/**
 * Serialises a JSON value in the one form that may be hashed: the JSON Canonicalization Scheme, RFC 8785. Keys are sorted
 * by UTF-16 code units (3.2.3), numbers printed as ECMAScript does (3.2.2.3), strings minimally escaped (3.2.2.2).
 * @throws {TypeError} for what RFC 8785 (by I-JSON, RFC 7493) has no form for: NaN and infinities, lone surrogates,
 * undefined, functions, symbols, BigInt, class instances, sparse arrays. The message names the place.
 */
export function canonicalJson(value: unknown): string {
  return serialise(value, '$');
}

function serialise(value: unknown, place: string): string {
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number') return serialiseNumber(value, place);
  if (typeof value === 'string') return serialiseString(value, place);
  if (Array.isArray(value)) return `[${Array.from(value, (item, i) => serialise(item, `${place}[${i}]`)).join(',')}]`;
  if (typeof value === 'object' && isPlain(value)) return serialiseObject(value as Record<string, unknown>, place);
  throw new TypeError(`canonical JSON has no form for ${value === undefined ? 'undefined' : typeof value} at ${place}`);
}

function serialiseNumber(value: number, place: string): string {
  if (!Number.isFinite(value)) throw new TypeError(`canonical JSON has no form for ${value} at ${place}`);
  return JSON.stringify(value);
}

function serialiseString(value: string, place: string): string {
  if (/\p{Surrogate}/u.test(value)) throw new TypeError(`canonical JSON has no form for a lone surrogate at ${place}`);
  return JSON.stringify(value);
}

function serialiseObject(value: Record<string, unknown>, place: string): string {
  // The default order of sort() is the order by UTF-16 code units that RFC 8785 3.2.3 asks for.
  const members = Object.keys(value)
    .sort()
    .map((key) => `${serialiseString(key, place)}:${serialise(value[key], `${place}.${key}`)}`);
  return `{${members.join(',')}}`;
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  // By shape, not by identity: an object that came from another realm (a vm context, a worker) is just as plain.
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
