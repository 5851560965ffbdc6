/** The web pages: Supervisor's addresses, with or without a browser, safe to leave open in one. Works without JavaScript. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Random } from '@fleetvisor/primitives';
import type { Daemon } from '../daemon.ts';
import { BodyReader } from '../http/read-body.ts';
import { proofOf, urlOf } from '../http/request-proof.ts';
import type { Route } from '../http/route.ts';
import { sendError, sendWhole } from '../http/send.ts';
import { carryOut } from './carry-out.ts';
import { formatCtime } from './ctime.ts';
import { parseForm } from './form.ts';
import { html, quoteUrl } from './html.ts';
import { layout } from './layout.ts';
import { type PageAction, queryOf, readAsk } from './page-action.ts';
import { createPageToken, type PageToken } from './page-token.ts';
import { refusalView } from './refusal-view.ts';
import { pageHeaders, sendPage } from './send-page.ts';
import { statusView } from './status-view.ts';
import { stylesheet } from './stylesheet.ts';
import { tailView } from './tail-view.ts';

export interface StatusPageParts {
  readonly daemon: Pick<Daemon, 'clock' | 'supervisor' | 'logs' | 'mainLog' | 'identifier' | 'state'>;
  readonly random: Random;
  /** Shown at the foot of every page. */
  readonly version: string;
}

/** Takes whatever no route before it has taken: what is no page of ours is answered with an error. */
export function statusPageRoute({ daemon, random, version }: StatusPageParts): Route {
  const pages = new StatusPages(daemon, createPageToken(random), version);
  return { prefix: '/', handle: (request, response) => pages.handle(request, response) };
}

/** A form of these pages has some hundred bytes. */
const formLimits = { bytesMax: 64 * 1024, largeBytesMax: 0 };

const noBody = { kind: 'whole', bytes: Buffer.alloc(0) } as const;

class StatusPages {
  readonly #bodies = new BodyReader(formLimits);
  readonly #daemon: StatusPageParts['daemon'];
  readonly #token: PageToken;
  readonly #version: string;

  constructor(daemon: StatusPageParts['daemon'], token: PageToken, version: string) {
    this.#daemon = daemon;
    this.#token = token;
    this.#version = version;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = /^\/*([^?#;]*)/.exec(request.url ?? '')?.[1] ?? '';
    const { method } = request;
    if (page === 'stylesheets/supervisor.css' && (method === 'GET' || method === 'HEAD')) {
      return sendWhole(response, 200, 'text/css', stylesheet, pageHeaders);
    }
    const isPage = page === '' || page === 'index.html' || page === 'tail.html' || page === 'ok.html';
    // Supervisor's answers: HEAD looks for files alone, and of other methods it knows nothing.
    if (!isPage || method === 'HEAD') return sendError(response, method === 'GET' || method === 'HEAD' ? 404 : 400);
    if (method !== 'GET' && method !== 'POST') return sendError(response, 400);
    if (page === 'ok.html') return sendWhole(response, 200, 'text/plain', 'OK', pageHeaders);
    const body = method === 'POST' ? await this.#bodies.read(request) : noBody;
    if (body.kind === 'gone') return;
    if (body.kind === 'refused') return sendError(response, body.status);
    const form = parseForm(request.url ?? '', body.bytes);
    if (page === 'tail.html') return this.#tail(form, response);
    return this.#index(form, request, response);
  }

  get #frame() {
    return { identifier: this.#daemon.identifier(), version: this.#version };
  }

  #tail(form: ReadonlyMap<string, string>, response: ServerResponse): void {
    const asked = { namespec: form.get('processname'), limit: form.get('limit') };
    sendPage(response, 200, tailView(this.#daemon, { ...this.#frame, ...asked }));
  }

  async #index(form: ReadonlyMap<string, string>, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const ask = readAsk(form, this.#daemon.supervisor);
    switch (ask.kind) {
      case 'show':
        return this.#status(form.get('message'), response);
      case 'refresh':
        return this.#redirect(`Page refreshed at ${formatCtime(this.#daemon.clock)}`, request, response);
      case 'no-such-process':
        return this.#redirect(`No such process named ${ask.namespec}`, request, response);
      case 'invalid':
        return this.#invalid(ask.reason, response);
      case 'act':
        return this.#act(ask.action, this.#token.matches(form.get('token')), request, response);
    }
  }

  #status(message: string | undefined, response: ServerResponse): void {
    const processes = this.#daemon.supervisor.snapshot();
    const state = this.#daemon.state();
    sendPage(response, 200, statusView({ ...this.#frame, processes, state, message, token: this.#token.text }));
  }

  async #act(action: PageAction, hasToken: boolean, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const proof = proofOf(request.headers, hasToken);
    if (proof === 'foreign') this.#tellForeign(action, request);
    if (proof !== 'proven') {
      return sendPage(response, 403, refusalView({ ...this.#frame, action, proof, token: this.#token.text }));
    }
    this.#redirect(await carryOut(this.#daemon, action), request, response);
  }

  #tellForeign(action: PageAction, { headers }: IncomingMessage): void {
    const asker = headers.origin ?? headers.referer ?? 'another site';
    const what = JSON.stringify(queryOf(action));
    this.#daemon.mainLog.log('warn', `Status page refused ${what}: a page of ${asker} made a browser ask for it`);
  }

  #invalid(reason: string, response: ServerResponse): void {
    sendPage(
      response,
      400,
      layout({ ...this.#frame, title: 'Error response' }, html`<h1>Not done</h1><p>${reason}</p>`),
    );
  }

  #redirect(message: string, request: IncomingMessage, response: ServerResponse): void {
    const page = layout({ ...this.#frame, title: 'Done' }, html`<p class="status_msg">${message}</p>`);
    sendPage(response, 301, page, `${serverUrl(request)}/?message=${quoteUrl(message)}`);
  }
}

/** A name or address with a port that may follow: what a client could mean to be sent back to. */
const host = /^([\w.~-]+|\[[\da-fA-F:.]+\])(:\d*)?$/;

/**
 * Where the client thinks we are: Supervisor's rule, except that a browser which came by https, through a proxy, is
 * not sent back to http. Empty (a relative address) where the client does not say.
 */
function serverUrl({ headers }: IncomingMessage): string {
  const given = headers.host?.trim() ?? '';
  if (!host.test(given)) return '';
  const origin = urlOf(headers.origin ?? '');
  const isSecure = origin?.protocol === 'https:' && origin.host === urlOf(`https://${given}`)?.host;
  return isSecure ? `https://${given}` : `http://${given.replace(/:(80)?$/, '')}`;
}
