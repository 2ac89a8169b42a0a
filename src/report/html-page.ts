import { htmlText as text } from './html-text.js';

/** A page without scripts. */
export interface HtmlPage {
  title: string;
  style: string;
  /** Markup; data in it are escaped already. */
  body: string;
  /** sha256 of a text, base64: for the Content Security Policy. */
  sha256Base64(text: string): string;
}

/** A self-contained page: its policy lets nothing in but its own style, from no network and from no script (CWE-79). */
export function renderPage({ title, style, body, sha256Base64 }: HtmlPage): string {
  const policy = `default-src 'none'; style-src 'sha256-${sha256Base64(style)}'; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<meta name="color-scheme" content="light dark">
<title>${text(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
