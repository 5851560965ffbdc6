/** `system.listMethods` and what it says of each: the interface describes itself. */
import { XmlRpcFault } from './fault.ts';
import { method, type XmlRpcMethod } from './method.ts';

/** @param published all methods there are, these among them */
export function introspectionMethods(published: () => readonly XmlRpcMethod[]): readonly XmlRpcMethod[] {
  const find = (name: string): XmlRpcMethod => {
    const found = published().find((candidate) => candidate.name === name);
    if (found === undefined) throw new XmlRpcFault('SIGNATURE_UNSUPPORTED');
    return found;
  };
  return [
    method({
      name: 'system.listMethods',
      parameters: [],
      returns: 'array',
      isAnsweredToTheEnd: true,
      help: 'Lists the names of all methods, sorted.',
      call: () =>
        published()
          .map(({ name }) => name)
          .toSorted(),
    }),
    method({
      name: 'system.methodHelp',
      parameters: [{ name: 'name', type: 'text' }],
      returns: 'string',
      isAnsweredToTheEnd: true,
      help: 'Tells what a method does. SIGNATURE_UNSUPPORTED if there is no such method.',
      call: (name) => find(name).help,
    }),
    method({
      name: 'system.methodSignature',
      parameters: [{ name: 'name', type: 'text' }],
      returns: 'array',
      isAnsweredToTheEnd: true,
      help: 'Lists the type of the result of a method and then those of its parameters. SIGNATURE_UNSUPPORTED if there is no such method.',
      call: (name) => {
        const { returns, parameters } = find(name);
        return [
          returns,
          ...parameters.map(({ type }) => (type === 'string or int' || type === 'text' ? 'string' : type)),
        ];
      },
    }),
  ];
}
