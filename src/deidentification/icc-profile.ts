import { readableRuns } from '../text/byte-runs.js';

const HEADER_BYTES = 128;
const MAX_TAGS = 200;
const MAX_TEXT_BYTES = 4096;
/** Tags of a profile that people and programs write text into (ICC.1 9.2). */
const TEXT_TAGS = new Set(['desc', 'cprt', 'dmnd', 'dmdd', 'vued', 'scrd', 'targ']);

/** Bytes of a profile that are looked through for texts outside of its tags. */
const MAX_PROFILE_BYTES = 4 * 1024 * 1024;

/** The texts of an ICC profile: description, copyright, device maker and model, then whatever else can be read in its bytes. */
export function profileTexts(profile: Buffer): string[] {
  return [...taggedTexts(profile), ...Array.from(readableRuns(profile.subarray(0, MAX_PROFILE_BYTES)), ({ text }) => text)];
}

function taggedTexts(profile: Buffer): string[] {
  if (profile.length < HEADER_BYTES + 4 || profile.toString('latin1', 36, 40) !== 'acsp') return [];
  const count = Math.min(profile.readUInt32BE(HEADER_BYTES), MAX_TAGS);
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const at = HEADER_BYTES + 4 + index * 12;
    if (at + 12 > profile.length) break;
    if (!TEXT_TAGS.has(profile.toString('latin1', at, at + 4))) continue;
    const offset = profile.readUInt32BE(at + 4);
    const content = profile.subarray(offset, Math.min(offset + profile.readUInt32BE(at + 8), offset + MAX_TEXT_BYTES));
    const text = readable(content);
    if (text !== '') texts.push(text);
  }
  return texts;
}

/** The characters of a text of either type: ASCII, or UTF-16 big endian in `mluc`. */
function readable(content: Buffer): string {
  return content.toString('latin1', 8).replaceAll('\0', '').replace(/[^\x20-\x7e]+/g, ' ').trim();
}
