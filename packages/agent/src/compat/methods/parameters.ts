/** Parameters that many methods share. */
import type { Parameter } from '../xmlrpc/method.ts';

/** A process as `group:name`, or `name` where both are the same; or a process group as `group:*`. */
export const name = { name: 'name', type: 'string' } as const satisfies Parameter;

/** A process group. What is no string names none, and is told as such: clients send numbers for names that look like one. */
export const groupName = { name: 'name', type: 'text' } as const satisfies Parameter;

/** Whether the answer is to wait for what was asked. */
export const wait = { name: 'wait', type: 'boolean', default: true } as const satisfies Parameter;

/** A signal's name with or without SIG, or its number. */
export const signal = { name: 'signal', type: 'string or int' } as const satisfies Parameter;

/** Bytes from the beginning of a log, or from its end when negative. */
export const offset = { name: 'offset', type: 'int' } as const satisfies Parameter;

/** In bytes. */
export const length = { name: 'length', type: 'int' } as const satisfies Parameter;
