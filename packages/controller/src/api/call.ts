/** What a method knows of the call it answers, and the shapes that methods have. No gRPC past this point. */
import type { ServiceDefinition } from '@grpc/grpc-js';

export interface Call {
  /** Aborted when the caller goes away, when the call's time is up, and when the controller stops. */
  readonly signal: AbortSignal;
  /** Who asks, for the record. */
  readonly actor: string;
}

export type UnaryMethod<Request, Response> = (request: Request, call: Call) => Promise<Response>;
export type StreamMethod<Request, Response> = (request: Request, call: Call) => AsyncIterable<Response>;

type Parsed<Parse> = Parse extends (bytes: Buffer) => infer Message ? Message : never;

/** The methods that a service of the contract asks for, by name. */
export type ServiceMethods<Service extends ServiceDefinition> = {
  readonly [Name in keyof Service]: Service[Name]['responseStream'] extends true
    ? StreamMethod<Parsed<Service[Name]['requestDeserialize']>, Parsed<Service[Name]['responseDeserialize']>>
    : UnaryMethod<Parsed<Service[Name]['requestDeserialize']>, Parsed<Service[Name]['responseDeserialize']>>;
};
