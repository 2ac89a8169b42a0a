/** An object as the listing of its bucket shows it. */
export interface ListedObject {
  key: string;
  /** Whether `key` is the name itself; false when its bytes are no UTF-8, and `key` is how the server wrote them. */
  readable: boolean;
  /** Null when the server says none that could be one. */
  size_bytes: number | null;
  etag: string | null;
  /** ms since the epoch. */
  modified_ms: number | null;
}

/** An answer to ListObjectsV2. */
export interface ListingPage {
  objects: ListedObject[];
  truncated: boolean;
  /** How to ask for the next page; null when the server does not say. */
  token: string | null;
}

/** What no server writes into a listing whose keys are encoded: tags of another name space, attributes, CDATA, comments, declarations. */
const UNUSUAL = /<!|<\/?[\w.-]+:|<(?!ListBucketResult[\s>]|\?xml\s)[\w.-]+\s+[^>]*>|<Contents\s*\/>/;

/**
 * Reads a page of a listing with `encoding-type=url` (ListObjectsV2, Amazon S3 API Reference); null for what is none, or is written in a
 * way in which an object could be overlooked. A parser of all XML takes twenty times as long, and a good part of reading one header.
 */
export function parseListingPage(text: string): ListingPage | null {
  const begin = /<ListBucketResult[\s>]/.exec(text)?.index ?? -1;
  const end = text.lastIndexOf('</ListBucketResult>');
  if (begin < 0 || end < begin || text.slice(end + 19).trim() !== '' || UNUSUAL.test(text)) return null;
  const objects: ListedObject[] = [];
  let rest = '';
  let at = begin;
  for (;;) {
    const open = text.indexOf('<Contents>', at);
    rest += text.slice(at, open < 0 ? end : open);
    if (open < 0) break;
    const close = text.indexOf('</Contents>', open);
    const object = close < 0 ? null : readObject(text.slice(open + 10, close));
    if (object === null) return null;
    objects.push(object);
    at = close + 11;
  }
  const truncated = textOf(rest, 'IsTruncated')?.trim();
  if (rest.includes('</Contents>') || (truncated !== 'true' && truncated !== 'false')) return null;
  const token = textOf(rest, 'NextContinuationToken');
  return { objects, truncated: truncated === 'true', token: token === null || token === '' ? null : token };
}

/** Null for one without a key, or that holds another. */
function readObject(xml: string): ListedObject | null {
  const key = textOf(xml, 'Key');
  if (key === null || xml.includes('<Contents>')) return null;
  const size = textOf(xml, 'Size') ?? '';
  return { ...decodeKey(key), size_bytes: /^[0-9]{1,15}$/.test(size) ? Number(size) : null, etag: textOf(xml, 'ETag'), modified_ms: timeOf(textOf(xml, 'LastModified') ?? '') };
}

/** Of the first element of that name; null when there is none. */
function textOf(xml: string, name: string): string | null {
  const open = xml.indexOf(`<${name}>`);
  if (open < 0) return null;
  const close = xml.indexOf('<', open + name.length + 2);
  return close < 0 || !xml.startsWith(`</${name}>`, close) ? null : decodeEntities(xml.slice(open + name.length + 2, close));
}

const ENTITIES = new Map([['lt', '<'], ['gt', '>'], ['amp', '&'], ['quot', '"'], ['apos', "'"]]);

/** XML 1.0, 4.1 and 4.6; what is no reference stays as it is. */
function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(/&(?:#x([0-9a-fA-F]{1,6})|#([0-9]{1,7})|([a-z]{2,4}));/g, (whole, hex?: string, decimal?: string, name = '') => {
    if (hex === undefined && decimal === undefined) return ENTITIES.get(name as string) ?? whole;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : whole;
  });
}

/** Servers write a space as `+` or as `%20`, and a plus sign as `%2B`. */
function decodeKey(encoded: string): { key: string; readable: boolean } {
  try {
    return { key: decodeURIComponent(encoded.replaceAll('+', ' ')), readable: true };
  } catch {
    return { key: encoded, readable: false };
  }
}

function timeOf(text: string): number | null {
  const ms = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,16}Z$/.test(text) ? Date.parse(text) : NaN;
  return Number.isNaN(ms) ? null : ms;
}
