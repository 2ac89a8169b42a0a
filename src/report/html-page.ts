import { htmlText as text } from './html-text.js';

/** A page before it has a head. */
export interface HtmlPage {
  title: string;
  style: string;
  /** The only script that may run; none when absent. */
  script?: string;
  /** The script starts workers from its own text. */
  workers?: boolean;
  /** May be found by search engines; reports about data that are not public may not. */
  indexed?: boolean;
  /** Data for programs, as JSON-LD. */
  json_ld?: Record<string, unknown>;
  /** Markup. */
  body: string;
}

/** sha256 of a text, base64. */
export type Sha256Base64 = (text: string) => string;

/**
 * A self-contained page: no network, nothing from elsewhere, and nothing runs but the script it was rendered with, by hash
 * (Content Security Policy Level 3, 2.3.1).
 */
export function renderHtmlPage({ title, style, script, workers = false, indexed = false, json_ld, body }: HtmlPage, sha256Base64: Sha256Base64): string {
  const policy = [
    "default-src 'none'",
    `style-src 'sha256-${sha256Base64(style)}'`,
    ...(script === undefined ? [] : [`script-src 'sha256-${sha256Base64(script)}'`]),
    ...(workers ? ['worker-src blob:'] : []),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
${indexed ? '' : '<meta name="robots" content="noindex">\n'}<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${style}</style>
${json_ld === undefined ? '' : `<script type="application/ld+json">${jsonForMarkup(json_ld)}</script>\n`}</head>
<body>
${body}
${script === undefined ? '' : `<script>${script}</script>\n`}</body>
</html>
`;
}

/** JSON that no markup can be read in: nothing in it begins or ends an element or a comment. */
function jsonForMarkup(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029\u007F-\u009F\u00AD\u061C\u180E\u200B-\u200F\u202A-\u202E\u2060-\u206F\uFEFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
