/** HTML in which text stays text: whatever goes into a template is escaped, unless it is such a template itself. */

export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** `undefined` is nothing, as is the empty list. */
export type HtmlValue = string | number | Html | readonly Html[] | undefined;

/** A template tag: ``html`<td title="${anything}">${anything}</td>` ``. Attributes must stand in double quotes. */
export function html(strings: TemplateStringsArray, ...values: readonly HtmlValue[]): Html {
  let text = strings[0] ?? '';
  for (let i = 0; i < values.length; i++) text += textOf(values[i]) + strings[i + 1];
  return new Html(text);
}

function textOf(value: HtmlValue): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(value);
  if (value instanceof Html) return value.text;
  let text = '';
  for (const part of value) text += part.text;
  return text;
}

const markup = /[&<>"']/g;
/** Control characters but for tab and line ends: HTML has none, and what a terminal makes of them is no part of the text. */
const controls = /[^\P{Cc}\t\n\r]/gu;

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  if (text.search(markup) === -1 && text.search(controls) === -1) return text;
  return text.replace(controls, '\ufffd').replace(markup, (character) => entities[character] ?? '');
}

/** Text as one value in the query of a URL: what Python's `quote` leaves alone is left alone, so that addresses look as Supervisor's do. */
export function quoteUrl(text: string): string {
  return encodeURIComponent(text.toWellFormed())
    .replaceAll('%2F', '/')
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
