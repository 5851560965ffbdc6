/** Answers of a server to values of the expected kind. Any server may be at the other end: what is not as expected is said. */
import type { XmlRpcStruct, XmlRpcValue } from '../../compat/xmlrpc/value.ts';
import { CallError } from './call-error.ts';

/** One answer, or a part of one, and where it came from for the message. */
export class Decoder {
  readonly #value: XmlRpcValue | undefined;
  readonly #place: string;

  constructor(value: XmlRpcValue | undefined, place: string) {
    this.#value = value;
    this.#place = place;
  }

  text(): string {
    return typeof this.#value === 'string' ? this.#value : this.#refuse('a string');
  }

  number(): number {
    return typeof this.#value === 'number' ? this.#value : this.#refuse('a number');
  }

  boolean(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.#refuse('a boolean');
  }

  list(): Decoder[] {
    const { value, place } = { value: this.#value, place: this.#place };
    if (!Array.isArray(value)) return this.#refuse('an array');
    return value.map((item: XmlRpcValue, at) => new Decoder(item, `${place}[${at}]`));
  }

  member(name: string): Decoder {
    const value = this.#value;
    if (!isStruct(value)) return this.#refuse('a struct');
    return new Decoder(Object.hasOwn(value, name) ? value[name] : undefined, `${this.#place}.${name}`);
  }

  #refuse(wanted: string): never {
    throw new CallError('other', 'xmlrpc.client.ResponseError', `the answer to ${this.#place} is not ${wanted}`);
  }
}

function isStruct(value: XmlRpcValue | undefined): value is XmlRpcStruct {
  return typeof value === 'object' && !Array.isArray(value);
}
