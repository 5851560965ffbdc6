/** The page that says why nothing was done, and where a person can go on. Pure. */

import type { Proof } from '../http/request-proof.ts';
import { type Html, html, quoteUrl } from './html.ts';
import { layout, type PageFrame } from './layout.ts';
import { type PageAction, queryOf, titleOf } from './page-action.ts';

export interface Refusal extends Omit<PageFrame, 'title'> {
  readonly action: PageAction;
  readonly proof: Exclude<Proof, 'proven'>;
  readonly token: string;
}

export function refusalView(refusal: Refusal): Html {
  const { action, proof } = refusal;
  const what = 'namespec' in action ? `${titleOf(action.kind)} ${action.namespec}` : titleOf(action.kind);
  const content = proof === 'foreign' ? foreign(what) : unproven(what, refusal);
  return layout({ ...refusal, title: 'Not done: who asked for it is not clear' }, content);
}

function foreign(what: string): Html {
  return html`<h1>Not done: ${what}</h1>
<p>Your browser says that a page of another site asked for this. Nothing was changed.
If it is what you want, do it from <a href="./">the status page</a>.</p>
<p>A script may ask by GET or POST, as long as it sends no Origin or Referer of another site.</p>`;
}

/** With the button, which is proof. */
function unproven(what: string, { action, token }: Refusal): Html {
  const query = Object.entries(queryOf(action)).map(([name, value]) => `${name}=${quoteUrl(value)}`);
  return html`<h1>${what}?</h1>
<p>Nothing was changed yet: your browser does not say whether you asked for this or some page did.</p>
<form action="index.html?${query.join('&')}" method="post">
<input type="hidden" name="token" value="${token}">
<button>${what}</button> <a href="./">Back to the status page</a>
</form>
<p>A script is taken at its word, unless it calls itself a browser (a User-Agent that begins with <code>Mozilla/</code>).</p>`;
}
