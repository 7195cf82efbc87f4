// The page around a report: its style and its one script stand in it, and it loads nothing.
import { escapeHtml } from './html.js';
import { PAGE_SCRIPT } from './page-script.js';
import { PAGE_STYLE } from './page-style.js';

/** `title` is text, `body` is HTML. */
export function renderPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Starling</title>
<style>${PAGE_STYLE}</style>
</head>
<body>
${body}
<script>${PAGE_SCRIPT}</script>
</body>
</html>
`;
}

/** Facts in words, and those that need the whole width. */
export function renderFactList(
  facts: readonly (readonly [name: string, text: string])[],
  wide: readonly (readonly [name: string, text: string])[],
): string {
  const cells = [
    ...facts.map(
      ([name, value]) => `<div class="fact"><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`,
    ),
    ...wide.map(
      ([name, value]) =>
        `<div class="fact wide"><dt>${escapeHtml(name)}</dt><dd><code>${escapeHtml(value)}</code></dd></div>`,
    ),
  ];
  return `<dl class="facts">${cells.join('\n')}</dl>`;
}

/** Cells are text. */
export function renderTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = header.map((name) => `<th>${escapeHtml(name)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`);
  return `<table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table>`;
}
