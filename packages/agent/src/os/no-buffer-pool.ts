/**
 * Takes small buffers out of Node's pool, for a process that lives for months and must stay small. A piece of the pool (8 KiB)
 * fills so slowly here that V8 takes it for something that stays, and frees it only with a whole collection, which 64 MiB of them
 * bring about: a link grew by all that it ever passed on of a log. Buffers of their own die young; what one costs more plays no
 * part at an agent's rates.
 */
export function withoutBufferPool(): void {
  Buffer.poolSize = 0;
}
