/** Longest name of a part, in UTF-16 code units. */
const MAX_PART_NAME = 64;

/** Devices of Windows: no file there can be called like one. */
const DEVICE = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;

/**
 * Why a text cannot name a part, or null: part names become files, cells of spreadsheets, and words in a terminal. A
 * sentence without its full stop that says what to change.
 */
export function namePartDefect(name: string): string | null {
  if (name.trim() === '') return 'give the part a name';
  if (name.length > MAX_PART_NAME) return `use at most ${MAX_PART_NAME} characters`;
  if (/[\p{C}\p{Zl}\p{Zp}]/u.test(name)) return 'take the control characters or invisible characters out';
  if (name !== name.trim()) return 'take the blanks at its ends away';
  if (/[/\\:*?"<>|`$]/.test(name)) return 'use letters, digits, blanks, `_`, `-` and `.`: / \\ : * ? " < > | ` $ cannot be in the name of a file everywhere';
  if (/^[=+\-@]/.test(name)) return 'begin it with a letter or a digit: a spreadsheet takes = + - @ for a formula';
  if (name.startsWith('.') || name.endsWith('.')) return 'neither begin nor end it with a dot';
  if (DEVICE.test(name)) return 'choose another name: this one is a device of Windows';
  return null;
}
