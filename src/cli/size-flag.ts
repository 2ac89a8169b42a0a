import { Flags } from '@oclif/core';
import { CurationError } from '../errors.js';

const UNITS = new Map([['', 1], ['B', 1], ['KB', 1e3], ['MB', 1e6], ['GB', 1e9], ['TB', 1e12], ['KIB', 2 ** 10], ['MIB', 2 ** 20], ['GIB', 2 ** 30], ['TIB', 2 ** 40]]);

/** A flag that takes a number of bytes, plain or with a unit: `500000000`, `500MB`, `2GiB`. */
export const sizeFlag = Flags.custom<number>({
  helpValue: 'BYTES',
  parse: async (input) => {
    const match = /^([0-9]{1,15}(?:\.[0-9]{1,9})?) ?([A-Za-z]{0,3})$/.exec(input.trim());
    const unit = UNITS.get(match?.[2]?.toUpperCase() ?? 'none');
    const bytes = unit === undefined ? 0 : Math.round(Number(match?.[1]) * unit);
    if (bytes >= 1 && Number.isSafeInteger(bytes)) return bytes;
    throw new CurationError('USAGE', `Not a number of bytes: ${input}`, { expected: 'a number above 0, with or without kB, MB, GB, KiB, MiB, GiB', found: input });
  },
});
