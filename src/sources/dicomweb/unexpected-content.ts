/** How many characters of an answer that is not what was asked for are told, masked. */
const TOLD = 60;

/**
 * What an answer is instead of what was asked for: its content type, what it looks like, and how it begins. Letters and
 * digits are masked: a page may name a patient, and a JSON answer does.
 */
export function describeContent(contentType: string | undefined, head: Uint8Array): string {
  const type = contentType === undefined ? 'no content type' : `the content type ${contentType.split(';')[0]?.replace(/[^\w/+.-]/g, '').slice(0, 60) ?? ''}`;
  if (head.length === 0) return `${type}, and nothing in it`;
  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 4 * TOLD)).toString('latin1').trimStart();
  const looks = looksLike(text);
  const beginning = text.slice(0, TOLD).replace(/[^\x20-\x7e]/g, '.').replace(/[A-Za-z]/g, 'x').replace(/[0-9]/g, '0');
  return `${type}${looks === null ? '' : `, which looks like ${looks}`}, beginning (masked) ${JSON.stringify(beginning)}`;
}

function looksLike(text: string): string | null {
  if (/^<!doctype html|^<html/i.test(text)) return 'an HTML page';
  if (text.startsWith('<')) return 'XML';
  return /^[[{]/.test(text) ? 'JSON' : null;
}
