import { type KeptAttribute } from '../model/header.js';
import { decodeText } from './character-set.js';
import { vrCode } from './element-cursor.js';
import { splitValues, trimPadding } from './value-text.js';

/** A value as text; null when its bytes are no value of its VR. `flawed` when that is so or some bytes mean nothing in it. */
export interface DecodedValue {
  text: string | null;
  flawed: boolean;
}

/** Bytes of one number of each binary VR, and how to read it. */
const NUMBERS = new Map<number, { size: number; read: (bytes: Buffer, at: number, bigEndian: boolean) => number | bigint }>([
  [vrCode('US'), { size: 2, read: (bytes, at, big) => (big ? bytes.readUInt16BE(at) : bytes.readUInt16LE(at)) }],
  [vrCode('SS'), { size: 2, read: (bytes, at, big) => (big ? bytes.readInt16BE(at) : bytes.readInt16LE(at)) }],
  [vrCode('UL'), { size: 4, read: (bytes, at, big) => (big ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at)) }],
  [vrCode('SL'), { size: 4, read: (bytes, at, big) => (big ? bytes.readInt32BE(at) : bytes.readInt32LE(at)) }],
  [vrCode('UV'), { size: 8, read: (bytes, at, big) => (big ? bytes.readBigUInt64BE(at) : bytes.readBigUInt64LE(at)) }],
  [vrCode('SV'), { size: 8, read: (bytes, at, big) => (big ? bytes.readBigInt64BE(at) : bytes.readBigInt64LE(at)) }],
  [vrCode('FL'), { size: 4, read: (bytes, at, big) => (big ? bytes.readFloatBE(at) : bytes.readFloatLE(at)) }],
  [vrCode('FD'), { size: 8, read: (bytes, at, big) => (big ? bytes.readDoubleBE(at) : bytes.readDoubleLE(at)) }],
]);
const TEXT_VRS = new Set('AE AS CS DA DS DT IS LO LT PN SH ST TM UC UI UR UT'.split(' ').map(vrCode));

const UN = vrCode('UN');
const US = vrCode('US');
const SPACE = 0x20;
const BACKSLASH = 0x5c;

/**
 * Decodes the value at `start` of a kept attribute: padding stripped from both ends of every value, several values
 * joined by `\`, binary numbers in decimal. `vr` is the `vrCode` the file wrote; where that is none, UN or no VR of
 * text or numbers, the dictionary's VR counts.
 */
export function decodeValue(
  bytes: Buffer,
  start: number,
  length: number,
  vr: number,
  attribute: KeptAttribute,
  characterSet: string | null,
  bigEndian: boolean,
): DecodedValue {
  const numberVr = NUMBERS.has(vr) ? vr : attribute.vr === 'US' && !TEXT_VRS.has(vr) ? US : 0;
  // A writer that did not know the VR could not swap the bytes either: UN stays little endian.
  if (numberVr !== 0) return decodeNumbers(bytes, start, length, numberVr, bigEndian && vr !== UN);
  const end = start + length;
  let from = start;
  let to = end;
  while (from < to && isPad(bytes[from] as number)) from += 1;
  while (to > from && isPad(bytes[to - 1] as number)) to -= 1;
  let plain = true;
  let padded = false; // whether padding stands beside a delimiter
  let previous = -1;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    if (byte > 0x7e || byte === 0x1b) plain = false;
    else if ((byte === BACKSLASH && isPad(previous)) || (previous === BACKSLASH && isPad(byte))) padded = true;
    previous = byte;
  }
  const decoded = plain
    ? { text: readAscii(bytes, from, to), flawed: false }
    : decodeText(bytes.subarray(from, to), attribute.vr, characterSet);
  return padded || !plain ? { text: trimValues(decoded.text), flawed: decoded.flawed } : decoded;
}

function decodeNumbers(bytes: Buffer, start: number, length: number, vr: number, bigEndian: boolean): DecodedValue {
  const number = NUMBERS.get(vr);
  if (number === undefined || length % number.size !== 0) return { text: null, flawed: true };
  if (length === number.size) return { text: String(number.read(bytes, start, bigEndian)), flawed: false };
  const values: string[] = [];
  for (let at = start; at < start + length; at += number.size) values.push(String(number.read(bytes, at, bigEndian)));
  return { text: values.join('\\'), flawed: false };
}

/** For the many codes of a few letters the call into the runtime costs more than the letters. */
function readAscii(bytes: Buffer, from: number, to: number): string {
  if (to - from > 4) return bytes.toString('latin1', from, to);
  let text = '';
  for (let at = from; at < to; at += 1) text += String.fromCharCode(bytes[at] as number);
  return text;
}

const isPad = (code: number): boolean => code === SPACE || code === 0;

/** Strips the padding of each of several values. */
function trimValues(text: string): string {
  return splitValues(text).map(trimPadding).join('\\');
}
