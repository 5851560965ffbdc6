/** XML-RPC calls to one server, each method by name. Knows no method. */
import { parseResponse } from '../../compat/xmlrpc/parse-response.ts';
import type { XmlRpcValue } from '../../compat/xmlrpc/value.ts';
import { renderCall } from '../../compat/xmlrpc/write-call.ts';
import { asCallError, CallError, httpStatusError, RpcFault } from './call-error.ts';
import { Connection, type Credentials, requestHead } from './connection.ts';
import { unveilControls, veilControls } from './control-characters.ts';
import { Decoder } from './decode.ts';
import type { ServerAddress } from './server-url.ts';

const INT_MIN = -(2 ** 31);
const INT_MAX = 2 ** 31 - 1;

export class RpcClient implements Disposable {
  readonly #address: ServerAddress;
  readonly #credentials: Credentials | undefined;
  readonly #connection: Connection;

  constructor(address: ServerAddress, credentials: Credentials | undefined) {
    this.#address = address;
    this.#credentials = credentials;
    this.#connection = new Connection(address);
  }

  /** @throws RpcFault | CallError */
  async call(method: string, ...params: readonly XmlRpcValue[]): Promise<Decoder> {
    if (params.some((value) => typeof value === 'number' && (value < INT_MIN || value > INT_MAX))) {
      throw new CallError('other', 'OverflowError', 'int exceeds XML-RPC limits');
    }
    const answer = await this.#post(renderCall(method, params));
    const parsed = readAnswer(answer);
    if (parsed.kind === 'fault') throw new RpcFault(parsed.code, parsed.message);
    if (parsed.kind === 'malformed') {
      throw new CallError(
        'other',
        'xmlrpc.client.ResponseError',
        `the answer to ${method} is not XML-RPC: ${parsed.reason}`,
      );
    }
    return new Decoder(parsed.value, method);
  }

  [Symbol.dispose](): void {
    this.#connection[Symbol.dispose]();
  }

  async #post(body: string): Promise<Buffer> {
    const bytes = Buffer.byteLength(body);
    const about = ['Content-Type: text/xml', 'Accept: text/xml', `Content-Length: ${bytes}`];
    const head = requestHead('POST /RPC2', this.#address, this.#credentials, about);
    try {
      const answer = await this.#connection.request(head + body);
      if (answer.head.status !== 200) throw httpStatusError(answer.head.status, answer.head.reason);
      return answer.body;
    } catch (error) {
      throw asCallError(error);
    }
  }
}

/** An answer that is broken by control characters alone is read all the same. */
function readAnswer(answer: Buffer): ReturnType<typeof parseResponse> {
  const parsed = parseResponse(answer);
  const veiled = parsed.kind === 'malformed' ? veilControls(answer) : undefined;
  if (veiled === undefined) return parsed;
  const again = parseResponse(veiled);
  return again.kind === 'value' ? { kind: 'value', value: unveilControls(again.value) } : again;
}
