import { escapeText } from './escape.js';

/** Text from data for a page: made visible where it hides, then escaped, also for attributes (CWE-79). */
export function htmlText(value: string): string {
  return escapeText(value).replace(/[&<>"'`]/g, (character) => `&#${character.charCodeAt(0)};`);
}
