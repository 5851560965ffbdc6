/** What a method of the XML-RPC interface is, for those who write one and for the dispatcher that calls it. */
import type { XmlRpcAnswer, XmlRpcStruct, XmlRpcValue } from './value.ts';

/** The types of parameters and results, and what they are in JavaScript. */
export interface TypeValues {
  readonly string: string;
  readonly int: number;
  readonly boolean: boolean;
  readonly array: readonly XmlRpcValue[];
  readonly struct: XmlRpcStruct;
  readonly 'string or int': string | number;
  /** A string; whatever else is given, as Python shows it. */
  readonly text: string;
}

export interface Parameter<Type extends keyof TypeValues = keyof TypeValues> {
  readonly name: string;
  readonly type: Type;
  /** Left out by the client, it has this value. Without a default it must be given. */
  readonly default?: XmlRpcValue;
}

export interface XmlRpcMethod {
  /** With its namespace: `supervisor.getState`. */
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly returns: Exclude<keyof TypeValues, 'string or int' | 'text'>;
  /** For `system.methodHelp`, in our own words. */
  readonly help: string;
  /** Also while the daemon shuts down or begins anew. */
  readonly isAnsweredToTheEnd?: true;
  /**
   * @param params one for each parameter and of its type: whoever calls has seen to that
   * @throws XmlRpcFault; anything else that is thrown is answered with HTTP 500 and told to the main log
   */
  readonly call: (params: readonly XmlRpcValue[]) => XmlRpcAnswer | Promise<XmlRpcAnswer>;
}

/** The same method in another namespace: `other.getState`. */
export function inNamespace(namespace: string, method: XmlRpcMethod): XmlRpcMethod {
  return { ...method, name: method.name.replace(/^[^.]*/, () => namespace) };
}

type Arguments<Parameters extends readonly Parameter[]> = {
  readonly [Place in keyof Parameters]: TypeValues[Parameters[Place]['type']];
};

/** A method whose implementation takes what `parameters` says. */
export function method<const Parameters extends readonly Parameter[]>(
  definition: Omit<XmlRpcMethod, 'call' | 'parameters'> & {
    readonly parameters: Parameters;
    readonly call: (...params: Arguments<Parameters>) => XmlRpcAnswer | Promise<XmlRpcAnswer>;
  },
): XmlRpcMethod {
  // The dispatcher has checked them against `parameters`, which the types of `call` are made of.
  return { ...definition, call: (params) => definition.call(...(params as Arguments<Parameters>)) };
}
