/** The lists of a release, read strictly: a line has one form (LIST-1, LIST-3, LIST-4), or it is malformed. */

/** A value and the path that it is about. */
export interface ListLine {
  value: string;
  path: string;
}

/** Which list: digests, sizes, or URLs with sizes. */
export type ListForm = 'digests' | 'sizes' | 'fetch';

const FORMS: Record<ListForm, RegExp> = {
  digests: /^([0-9a-f]{64}) {2}([^ \t*].*)$/su,
  sizes: /^(0|[1-9][0-9]{0,15}) {2}(.+)$/su,
  fetch: /^\S+ (-|0|[1-9][0-9]{0,15}) (.+)$/su,
};

/** One line without its end; null when it is malformed. */
export function parseListLine(form: ListForm, line: string): ListLine | null {
  const match = FORMS[form].exec(line);
  const [value, path] = [match?.[1], match?.[2]];
  if (value === undefined || path === undefined) return null;
  return { value, path: path.replace(/%(0A|0D|25)/gi, (_all, code: string) => String.fromCharCode(Number.parseInt(code, 16))) };
}

/** Whether a path may be one of a release: relative, nothing in it that leads out of the folder. */
export function isSafePath(path: string): boolean {
  const elements = path.split('/');
  return !/[\0\\]/.test(path) && !/^(?:~|[A-Za-z]:)/.test(path) && !elements.some((element) => element === '' || element === '.' || element === '..');
}

/** What can be read in slices. */
export interface Sliced {
  size: number;
  slice(from: number, to: number): { arrayBuffer(): Promise<ArrayBuffer> };
}

const SLICE_BYTES = 1 << 20;

/** Hands out the lines of a file of any length; a line that is cut off by its end, or that is no UTF-8, is handed out as null. */
export async function readLines(file: Sliced, onLine: (line: string | null, number: number) => void): Promise<void> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let carry = new Uint8Array(0);
  let number = 0;
  for (let at = 0; at < file.size; at += SLICE_BYTES) {
    const next = new Uint8Array(await file.slice(at, Math.min(file.size, at + SLICE_BYTES)).arrayBuffer());
    const bytes = new Uint8Array(carry.length + next.length);
    bytes.set(carry);
    bytes.set(next, carry.length);
    let from = 0;
    for (let end = bytes.indexOf(10); end !== -1; end = bytes.indexOf(10, from)) {
      onLine(decodeLine(decoder, bytes.subarray(from, end)), ++number);
      from = end + 1;
    }
    carry = bytes.slice(from);
  }
  if (carry.length > 0) onLine(null, ++number);
}

function decodeLine(decoder: { decode(bytes: Uint8Array): string }, bytes: Uint8Array): string | null {
  try {
    return decoder.decode(bytes);
  } catch {
    return null;
  }
}
