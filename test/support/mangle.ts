/** Seeded damage to files, for fuzzing: the same seed gives the same bytes. */

/** A generator of numbers from 0 up to `below` (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** What parsers trip over. */
const HOSTILE = [
  '\0', '\r', '\r\n', '\n', '\n\n', '  ', '\t', '../', '/etc/passwd', 'data/', 'data/../', '\\', '%0A', '%2e%2e/', '%', '"', '{', '[', '[[[[[[[[', '}', ']', ',', ':', '"__proto__":', '"a":1,"a":2,',
  '-1', '1e999', '9007199254740993', '0x10', 'null', 'NaN', '\u001b[2J', '\u202e', '\ufeff', '\ud800', 'e\u0301', '\u00e9', '-----BEGIN SSH SIGNATURE-----\n', 'A'.repeat(40_000), '*', '#', "'", ' OR 1=1', 'http://', 'file:///etc/passwd ',
].map((text) => Buffer.from(text)).concat([Buffer.from([0xff, 0xfe]), Buffer.from([0xc0, 0xaf]), Buffer.from([0xed, 0xa0, 0x80])]);

/** Bytes with one to four places changed: flipped, cut, doubled, moved, or filled with what parsers trip over. Never the same bytes. */
export function mangle(bytes: Buffer, random: (below: number) => number): Buffer {
  let result = bytes;
  for (let times = 1 + random(4); times > 0 || result.equals(bytes); times--) result = mangleOnce(result, random);
  return result;
}

function mangleOnce(bytes: Buffer, random: (below: number) => number): Buffer {
  const at = random(bytes.length + 1);
  const end = Math.min(bytes.length, at + 1 + random(random(2) === 0 ? 4 : 200));
  const [head, middle, tail] = [bytes.subarray(0, at), bytes.subarray(at, end), bytes.subarray(end)];
  switch (random(6)) {
    case 0: {
      const flipped = Buffer.from(bytes);
      if (at < bytes.length) flipped[at]! ^= 1 << random(8);
      return flipped;
    }
    case 1:
      return head;
    case 2:
      return Buffer.concat([head, tail]);
    case 3:
      return Buffer.concat([head, middle, middle, tail]);
    case 4:
      return Buffer.concat([head, tail, middle]);
    default:
      return Buffer.concat([head, HOSTILE[random(HOSTILE.length)]!, tail]);
  }
}
