/** The tables as Kysely sees them: what schema.sql says, in types. Integers are bigint, lists and maps are JSON text. */
import type { Generated } from 'kysely';

export interface Schema {
  store_identity: {
    one: Generated<bigint>;
    fleet_id: string;
    incarnation: string;
    /** What the witness beside the database must show: see witness.ts. */
    witness_count: bigint;
    /** Counts the checks that really wrote. */
    checks: Generated<bigint>;
    /** 1 from the opening on, 0 again once it is closed in order. */
    is_open: Generated<bigint>;
  };
  hosts: {
    host_id: string;
    name: string;
    host_groups: string;
    labels: string;
    agent_version: string;
    hostname: string;
    os: string;
    address: string;
    first_seen_us: bigint;
    last_seen_us: bigint;
  };
  /** The processes of each host as last told; `life` is that of its engine. */
  host_tables: { host_id: string; life: string; version: bigint; as_of_us: bigint; statuses: Uint8Array };
  /** What never goes back for a host, also when it is forgotten and joins again. */
  host_counters: { host_id: string; session: Generated<bigint>; generation: Generated<bigint> };
  assignments: { host_id: string; generation: bigint; hash: string; files: string; rollout_id: string };
  /** Every desired state that any host was ever given. */
  desired_states: { hash: string; files: string };
  config_files: { file: string; newest: bigint; stable: Generated<bigint> };
  config_revisions: {
    file: string;
    revision: bigint;
    parent: bigint;
    selector: string;
    content: Uint8Array;
    digest: string;
    meaning_digest: string;
    author: string;
    message: string;
    created_at_us: bigint;
    /** `proven`, `failed`, or empty while it has not been judged. */
    verdict: Generated<string>;
  };
  rollouts: {
    rollout_id: string;
    state: string;
    reason: string;
    author: string;
    message: string;
    to_revisions: string;
    started_at_us: bigint;
    ended_at_us: bigint;
    host_timeout_ms: bigint;
  };
  rollout_tasks: { rollout_id: string; host_id: string; state: string; generation: bigint; message: string };
  commands: {
    command_id: string;
    actor: string;
    reason: string;
    verb: string;
    action: Uint8Array;
    given_at_us: bigint;
  };
  host_commands: {
    command_id: string;
    host_id: string;
    outcome: string;
    result: Uint8Array;
    ended_at_us: bigint;
  };
  event_counter: {
    one: Generated<bigint>;
    newest_position: bigint;
    /** The newest that was dropped for its age. */
    dropped_position: Generated<bigint>;
  };
  event_sources: {
    source: Generated<bigint>;
    host_id: string;
    epoch: string;
    acked_seq: Generated<bigint>;
    in_order: Generated<bigint>;
  };
}
