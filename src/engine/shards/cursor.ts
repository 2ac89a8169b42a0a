import { writeSync } from 'node:fs';

/** Length of the cursor at the beginning of an attempt's file: the item in work, in decimal digits. */
export const CURSOR_LENGTH = 16;

/** No item is in work, or it is not noted. */
export const CURSOR_FREE = '-'.repeat(CURSOR_LENGTH);

/** Notes the item in work; null: none. The bytes outlive the process, since they are the kernel's. */
export function writeCursor(descriptor: number, item: number | null): void {
  writeSync(descriptor, item === null ? CURSOR_FREE : String(item).padStart(CURSOR_LENGTH, '0'), 0, 'latin1');
}
