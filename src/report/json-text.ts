/**
 * Characters that JSON leaves as they are and a terminal or an editor obeys: C1 controls with CSI, bidirectional marks
 * and overrides, invisible format characters, separators of lines (CWE-150). C0 controls JSON escapes itself.
 */
const OBEYED = /[\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB]/g;

/** A value as indented JSON text that no terminal obeys: the same JSON, with such characters of its strings as `\u202e`. */
export function renderJson(value: unknown): string {
  return escapeObeyed(JSON.stringify(value, null, 2));
}

/** The same on one line. */
export function renderJsonLine(value: unknown): string {
  return escapeObeyed(JSON.stringify(value));
}

function escapeObeyed(json: string): string {
  return json.replace(OBEYED, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
