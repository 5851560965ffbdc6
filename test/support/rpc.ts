/** An XML-RPC client of the tests' own: the specification's XML by hand, so that the agent is not judged by its own reader. */
import { parseXml, XmlElement, XmlText } from '@rgrove/parse-xml';
import type { LoneAgent } from './agent.ts';
import { type Address, type Answer, ask } from './http.ts';

export type RpcValue = string | number | boolean | readonly RpcValue[] | { readonly [name: string]: RpcValue };

/** The sections that make an agent answer on `agent.sock` in its folder. */
export const served = `[unix_http_server]
file=%(here)s/agent.sock

[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface

`;

export const socketOf = (agent: LoneAgent): Address => ({ socketPath: agent.path('agent.sock') });

/** A fault as it came; its text begins with its name. */
export class RpcFault extends Error {
  readonly code: number;

  constructor(code: number, text: string) {
    super(text);
    this.code = code;
  }
}

/**
 * Calls a method of an agent that is `served`.
 * @returns its result; a fault as the text `FAULT code text`
 */
export function call(agent: LoneAgent, method: string, ...params: readonly RpcValue[]): Promise<RpcValue> {
  return callAt(socketOf(agent), method, ...params);
}

/** The same at another door. */
export async function callAt(address: Address, method: string, ...params: readonly RpcValue[]): Promise<RpcValue> {
  const { status, body } = await postAt(address, writeCall(method, params));
  if (status !== 200) throw new Error(`${method} was answered with HTTP ${status}: ${body}`);
  return readResponse(body);
}

/** Sends a body to /RPC2, whatever it is. */
export function post(agent: LoneAgent, body: string | Buffer): Promise<Answer> {
  return postAt(socketOf(agent), body);
}

function postAt(address: Address, body: string | Buffer): Promise<Answer> {
  return ask(address, { method: 'POST', path: '/RPC2', headers: { 'Content-Type': 'text/xml' }, body });
}

/**
 * Writes to the stdin of a process that has started, or is about to: an agent answers before its programs run.
 * @throws Error when it does not take it
 */
export async function typeTo(agent: LoneAgent, namespec: string, text: string): Promise<void> {
  await agent.pidOf(namespec.slice(namespec.indexOf(':') + 1));
  const answer = await call(agent, 'supervisor.sendProcessStdin', namespec, text);
  if (answer !== true) throw new Error(`${namespec} does not take what is typed: ${answer}`);
}

/** As `call`, of a method that tells of one process. */
export async function processInfo(agent: LoneAgent, name: string): Promise<{ readonly [name: string]: RpcValue }> {
  const info = await call(agent, 'supervisor.getProcessInfo', name);
  if (typeof info !== 'object' || Array.isArray(info)) throw new Error(`no struct: ${JSON.stringify(info)}`);
  return info as { readonly [name: string]: RpcValue }; // no array: the line above has seen to it
}

export function writeCall(method: string, params: readonly RpcValue[]): string {
  const written = params.map((param) => `<param>${writeValue(param)}</param>`).join('');
  return `<?xml version="1.0"?><methodCall><methodName>${method}</methodName><params>${written}</params></methodCall>`;
}

function writeValue(value: RpcValue): string {
  return `<value>${writeTyped(value)}</value>`;
}

function writeTyped(value: RpcValue): string {
  if (typeof value === 'number') return Number.isInteger(value) ? `<int>${value}</int>` : `<double>${value}</double>`;
  if (typeof value === 'boolean') return `<boolean>${Number(value)}</boolean>`;
  if (typeof value === 'string') return `<string>${escaped(value)}</string>`;
  if (Array.isArray(value)) return `<array><data>${value.map(writeValue).join('')}</data></array>`;
  const members = Object.entries(value).map(
    ([name, member]) => `<member><name>${escaped(name)}</name>${writeValue(member)}</member>`,
  );
  return `<struct>${members.join('')}</struct>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** @throws Error for anything that the specification does not allow */
export function readResponse(xml: string): RpcValue {
  const content = onlyChild(named(parseXml(xml).root, 'methodResponse'));
  if (content.name !== 'fault') return readValue(onlyChild(named(onlyChild(named(content, 'params')), 'param')));
  const fault = readValue(onlyChild(content));
  if (typeof fault !== 'object' || !('faultCode' in fault)) throw new Error(`no fault: ${xml}`);
  return `FAULT ${fault.faultCode} ${fault.faultString}`;
}

function readValue(value: XmlElement): RpcValue {
  const typed = onlyChild(named(value, 'value'));
  switch (typed.name) {
    case 'int':
      return whole(textOf(typed));
    case 'boolean':
      return whole(textOf(typed)) === 1;
    case 'string':
      return textOf(typed);
    case 'array':
      return elements(named(onlyChild(typed), 'data')).map(readValue);
    case 'struct':
      return Object.fromEntries(elements(typed).map(readMember));
    default:
      throw new Error(`an answer has no <${typed.name}>`);
  }
}

function readMember(member: XmlElement): [string, RpcValue] {
  const [name, value, ...rest] = elements(named(member, 'member'));
  if (name === undefined || value === undefined || rest.length > 0) throw new Error('no member');
  return [textOf(named(name, 'name')), readValue(value)];
}

function named(element: XmlElement | null, name: string): XmlElement {
  if (element?.name !== name) throw new Error(`<${element?.name}> where <${name}> should be`);
  return element;
}

function onlyChild(element: XmlElement): XmlElement {
  const [child, ...others] = elements(element);
  if (child === undefined || others.length > 0)
    throw new Error(`<${element.name}> has ${others.length} too many or no child`);
  return child;
}

function elements(element: XmlElement): XmlElement[] {
  return element.children.filter((child) => child instanceof XmlElement);
}

function textOf(element: XmlElement): string {
  return element.children.map((child) => (child instanceof XmlText ? child.text : '')).join('');
}

function whole(text: string): number {
  if (!/^-?\d+$/.test(text)) throw new Error(`no int: ${text}`);
  return Number(text);
}
