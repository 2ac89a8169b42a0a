/** How text results are dressed. */
export interface TextOptions {
  /** ANSI colours; false for files, pipes and NO_COLOR. */
  color?: boolean;
}

/** Paints text, or leaves it alone. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  red(text: string): string;
  yellow(text: string): string;
  green(text: string): string;
}

/** The painter for the given options. The text itself must be escaped already: only our own codes reach the terminal. */
export function styleOf({ color = false }: TextOptions): Style {
  const paint = (open: number, close: number) => (text: string) => (color && text !== '' ? `\u001B[${open}m${text}\u001B[${close}m` : text);
  return { bold: paint(1, 22), dim: paint(2, 22), red: paint(31, 39), yellow: paint(33, 39), green: paint(32, 39) };
}

/** Words joined as a sentence lists them: `a`, `a and b`, `a, b and c`. */
export function joinWords(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** Wraps words at `width` columns; every line after the first is indented. */
export function wrapText(text: string, indent: string, width = 110): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && indent.length + line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].map((content) => `${indent}${content}`);
}
