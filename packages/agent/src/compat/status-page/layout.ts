/** What every page has around its content. */
import { type Html, html } from './html.ts';

export interface PageFrame {
  readonly title: string;
  /** Supervisor's identifier: which of several daemons this is. */
  readonly identifier: string;
  readonly version: string;
}

/** Links are relative, so that the page also works under a path of a proxy. */
export function layout({ title, identifier, version }: PageFrame, content: Html): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title}</title>
<link rel="stylesheet" href="stylesheets/supervisor.css">
</head>
<body>
<header><a href="./" class="identifier">${identifier}</a></header>
<main>
${content}
</main>
<footer>Fleetvisor ${version}</footer>
</body>
</html>
`;
}
