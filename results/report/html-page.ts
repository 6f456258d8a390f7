/** What every page has: one HTML file that asks for nothing from anywhere, with its parts named at the top. */
import { escapeText } from './markup.ts';
import { SORT_SCRIPT } from './script.ts';
import { styleSheet } from './style.ts';

/** Nothing may be loaded, whatever a name in the data looks like. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:";

export interface HtmlPage {
  readonly title: string;
  readonly description?: string | undefined;
  /** A line below the title. */
  readonly meta: string;
  /** Parts of the page by their id; the first is that of the answer. */
  readonly navigation: readonly (readonly [id: string, text: string])[];
  /** How many colours are told apart. */
  readonly policies: number;
  /** Markup. */
  readonly main: string;
  readonly footer: string;
}

export function htmlPage({ title, description, meta, navigation, policies, main, footer }: HtmlPage): string {
  const links = navigation.map(([id, text]) => `<li><a href="#${id}">${escapeText(text)}</a></li>`);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeText(title)} · Kube Clockwork report</title>
<link rel="icon" href="data:,">
<style>${styleSheet(policies)}</style>
</head>
<body>
<a class="skip" href="#answer">Skip to the answer</a>
<header>
<h1>${escapeText(title)}</h1>
${description === undefined ? '' : `<p class="meta">${escapeText(description)}</p>\n`}<p class="meta">${escapeText(meta)}</p>
<nav aria-label="Parts of the report"><ul>${links.join('')}</ul></nav>
</header>
<main>
${main}
</main>
<footer><p>${footer}</p></footer>
<script>${SORT_SCRIPT}</script>
</body>
</html>
`;
}

/** What the reader must know before believing the page. */
export function notesMarkup(notes: readonly string[]): string {
  if (notes.length === 0) return '';
  const items = notes.map((note) => `<li>${escapeText(note)}</li>`);
  return `<div class="note"><p>To know before reading on:</p><ul>${items.join('')}</ul></div>`;
}
