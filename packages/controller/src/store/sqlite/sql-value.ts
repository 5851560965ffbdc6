/** What SQLite takes and gives. Integers always come back as bigint; going in, a number is fine too. */
export type SqlValue = string | number | bigint | Uint8Array | null;

export type SqlRow = Readonly<Record<string, SqlValue>>;
